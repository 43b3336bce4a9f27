"""The conformance suite that `assay check` runs: one item a documented response, one a contract-level claim."""
