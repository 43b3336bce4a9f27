"""A small server that keeps every promise of the generation-jobs document: something right to measure against.

It is written by hand from the document's prose. It knows nothing of the conformance suite nor of the generated
client, so that neither can agree with it by construction. How a request becomes an answer:

    seed ─► store ─┐
    states ────────┤ (a control interface changes what is true)
                   ▼
    request ─► accounts ─► reading ─► jobs ─► images ─► rendering ─► desk ─► response
               who asks    may they   state   signed    the body     id, log,
                           see it     by now  URLs                   headers

`app` puts the parts together; `uvicorn --factory jobs_provider.app:create_app` serves them, and `hosting` many at once.

Whoever wants to know what a suite sees of a server that is not right takes `switches`, each of which makes this one
wrong in one named way, or `cheats`, which are none. `legal` makes it as different as a right one may be. None of that
stands in the way above: it is put `around` the whole, and only if it is asked for.
"""
