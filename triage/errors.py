"""Every error this program raises on purpose, in one tree.

Branches are cut by what the caller can do: repair what was given, repair the
installation, or try again later. `code` is for programs, the message for people,
`advice` says what to do next.
"""


class TriageError(Exception):
    """Base of the tree."""

    code = "error"

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}: {self.advice}" if self.advice else self.message


class WrongInput(TriageError):
    """What was given cannot be used as it is; the giver can repair it."""

    code = "wrong_input"


class WrongSetting(TriageError):
    """A setting has a value it does not take; names the variable, never shows a secret."""

    code = "wrong_setting"


class WrongPolicy(TriageError):
    """The policy pack is not valid; the message names file, line and key."""

    code = "wrong_policy"


class WrongContent(TriageError):
    """A data file (FAQ entry, lexicon, corpus) is not valid; the message names file and line."""

    code = "wrong_content"


class ModelUnavailable(TriageError):
    """The classifier's artefacts are missing, altered or of another version."""

    code = "model_unavailable"


class StoreUnavailable(TriageError):
    """The database is missing, locked or not migrated."""

    code = "store_unavailable"


class MailUnavailable(TriageError):
    """The mail server did not take the letter now; it may later."""

    code = "mail_unavailable"


class MailRefused(TriageError):
    """The mail server refused the letter for good; trying again will not help."""

    code = "mail_refused"
