"""One long-lived psql, fed statements, answering with rows.

Promises: run() returns one Answer per statement, in order; values are texts,
None for NULL; an error is an SQLSTATE, never an exception.  Lost is raised
when psql or its server is gone.
"""

import subprocess
import time
from typing import NamedTuple, Optional

FIELD, RECORD, NULL, MARK = "\x1f", "\x1e", "\x16", "\x1d"


class Lost(Exception):
    """psql ended: the server crashed, or psql was killed."""


class Answer(NamedTuple):
    """What one statement came to."""

    state: str                      # SQLSTATE, 00000 when all was well
    rows: Optional[list] = None     # tuples of texts; None after an error
    text: str = ""                  # of the error

    def __str__(self):
        if self.rows is None:
            return f"ERROR {self.state}: {self.text}"
        return f"{len(self.rows)} rows"


class Psql:
    """A session; database and user come from the environment."""

    def __init__(self, patience=0):
        """Tries for so many seconds, while a server recovers."""
        until = time.monotonic() + patience
        while True:
            self.start()
            try:
                self.run(["SELECT 1"])
                return
            except Lost:
                self.process.wait()
                if time.monotonic() > until:
                    raise
            time.sleep(0.2)

    def start(self):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "VERBOSITY=default",
             "-P", "null=" + NULL, "-F", FIELD, "-R", RECORD],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        self.buffer = b""

    def close(self):
        """Ends psql; the server notices by itself."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def reconnect(self):
        """The same psql, another backend, which has learned nothing yet."""
        self.run([], before="\\c -\n")

    def run(self, statements, before=""):
        """The Answers to statements, which are sent all at once."""
        script = [before]
        for statement in statements:
            script.append(f"{statement}\n;\n\\echo {MARK}A :SQLSTATE "
                          ":ROW_COUNT :LAST_ERROR_MESSAGE\n"
                          f"\\echo {MARK}\n")
        script.append(f"\\echo {MARK}Z\n\\echo {MARK}\n")
        try:
            self.process.stdin.write("".join(script).encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Lost from None
        answers = []
        while True:
            rows = self.until(MARK)
            kind = self.until(MARK)
            self.until("\n")
            if kind[0] == "Z":
                return answers
            _, state, _, text = kind.rstrip("\n").split(" ", 3)
            if state != "00000":
                answers.append(Answer(state, None, text))
                continue
            # psql ends the last record with a newline, and each \echo.
            answers.append(Answer(state, [] if not rows else [
                tuple(None if value == NULL else value
                      for value in record.split(FIELD))
                for record in rows[:-1].split(RECORD)]))

    def until(self, mark):
        """The output up to a mark."""
        mark = mark.encode()
        while True:
            text, found, rest = self.buffer.partition(mark)
            if found:
                self.buffer = rest
                return text.decode()
            more = self.process.stdout.read1(1 << 16)
            if not more:
                raise Lost
            self.buffer += more
