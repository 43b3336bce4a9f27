"""Files of certificates → in a TLS context: whom it trusts beside the public authorities, and what it shows."""

import ssl


def add(context: ssl.SSLContext, *, ca: str = "", certificate: str = "", key: str = "", password: str = "") -> None:
    """Paths of PEM files, empty where there is none; `key` may stand in the certificate's file.

    Raises OSError (ssl.SSLError is one): a file is not there, is no PEM, the key is of another certificate.
    """
    if ca:
        context.load_verify_locations(cafile=ca)
    if certificate:
        # without a password Python would ask for one at the terminal
        context.load_cert_chain(certificate, key or None, password=password)
