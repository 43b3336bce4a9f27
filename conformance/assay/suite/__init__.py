"""The conformance suite that `assay check` runs: one item a documented response, one a contract-level claim."""

USER_ERROR = 82
"""pytest's exit status where the run ended by a UserError: none of pytest's own."""
INTERRUPTED = 83
"""The same where it was interrupted before the report was written."""
UNREPORTED = "interrupted before the report was written"
