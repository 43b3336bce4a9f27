"""Whether a server does what its OpenAPI document says, every documented response of it.

The flow, module by module (a module imports only what stands above it):

    contract → claims → target → plan → exchange → recording → relations, judge
    send → drivers → run → report → suite, plugin → cli
"""
