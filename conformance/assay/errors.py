"""The one exception that a user sees: what is wrong, where, and what to do about it."""


class UserError(Exception):
    """A mistake in what the user gave: a document, an overlay, a target, a recording, an argument.

    The command line prints it without a traceback and ends 2. `where` is a file, `file:line[:column]` or a JSON
    Pointer; `todo` says what to do next. None of the three may hold a credential.
    """

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.todo}" if self.todo else head
