"""A small API of books and loans, its document and a server that obeys it: whatever is there, somebody made.

The document is given in parts, so that a test can take the links away, or the way to remove a book. The server keeps
what there is, and can be told to be wrong in one way.
"""

import itertools
import json
import threading
from typing import Any

from selftests.running.miniatures import Answer, Asked

KEY = "a-key-that-nobody-may-see"

LINKS = """
          links:
            read: {operationId: readBook, parameters: {book: $response.body#/code}}
            replace: {operationRef: "#/paths/~1books~1{book}/put", parameters: {path.book: $response.body#/code}}
"""
REMOVE = """
    delete:
      operationId: removeBook
      responses: {"204": {description: Gone.}, "401": {$ref: "#/components/responses/No"},
                  "404": {$ref: "#/components/responses/No"}, "409": {$ref: "#/components/responses/No"}}
"""
LIST = """
    get:
      operationId: listBooks
      responses: {"200": {description: All., content: {application/json: {schema: {type: array}}}}}
"""
DOCUMENT = """\
openapi: 3.1.0
info: {title: Shelf, version: 1.0.0}
security: [{key: []}]
paths:
  /books:
    post:
      operationId: addBook
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewBook"}}}}
      responses:
        "201":
          description: Made.
          content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}%(links)s
        "400": {$ref: "#/components/responses/No"}
        "401": {$ref: "#/components/responses/No"}
        "409": {$ref: "#/components/responses/No"}
        "422": {$ref: "#/components/responses/No"}
%(listing)s
  /books/{book}:
    parameters: [{name: book, in: path, required: true, schema: {type: string}}]
    get:
      operationId: readBook
      responses: {"200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}},
                  "401": {$ref: "#/components/responses/No"}, "404": {$ref: "#/components/responses/No"}}
    put:
      operationId: replaceBook
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewBook"}}}}
      responses: {"200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}},
                  "400": {$ref: "#/components/responses/No"}, "401": {$ref: "#/components/responses/No"},
                  "404": {$ref: "#/components/responses/No"}, "422": {$ref: "#/components/responses/No"}}%(remove)s
  /books/{book}/loans:
    parameters: [{name: book, in: path, required: true, schema: {type: string}}]
    post:
      operationId: lend
      responses: {"201": {$ref: "#/components/responses/Loan"}, "401": {$ref: "#/components/responses/No"},
                  "404": {$ref: "#/components/responses/No"}}
  /books/{book}/loans/{loan_id}:
    parameters: [{name: book, in: path, required: true, schema: {type: string}},
                 {name: loan_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: readLoan
      responses: {"200": {$ref: "#/components/responses/Loan"}, "401": {$ref: "#/components/responses/No"},
                  "404": {$ref: "#/components/responses/No"}}
    delete:
      operationId: giveBack
      responses: {"204": {description: Gone.}, "401": {$ref: "#/components/responses/No"},
                  "404": {$ref: "#/components/responses/No"}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  responses:
    Loan: {description: It is lent., content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}
    No: {description: Why not., content: {application/json: {schema: {$ref: "#/components/schemas/No"}}}}
  schemas:
    NewBook:
      type: object
      required: [title]
      properties: {title: {type: string, minLength: 1, maxLength: 100}, pages: {type: integer, minimum: 1}}
      examples: [{title: Emma, pages: 474}]
    Book: {type: object, required: [code, title], properties: {code: {type: string}, title: {type: string}}}
    Loan: {type: object, required: [id], properties: {id: {type: integer}}}
    No: {type: object, required: [error], properties: {error: {type: string}}}
"""


def document(*, links: str = LINKS, remove: str = REMOVE, listing: str = "") -> str:
    return DOCUMENT % {"links": links.rstrip(), "remove": remove.rstrip(), "listing": listing.rstrip()}


class Shelf:
    """The server; `books`: what is there already.

    `wrong`: one of `no code`, `refuses`, `stays`, `keeps` (what it says to have removed), or nothing.
    """

    def __init__(self, wrong: str = "", books: dict[str, Any] | None = None) -> None:
        self.wrong = wrong
        self.books: dict[str, Any] = {**(books or {})}
        self.loans: dict[str, str] = {}
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        with self.lock:
            if asked.headers.get("authorization") != f"Bearer {KEY}":
                return no(401, "who are you?")
            match [asked.method, *asked.path.partition("?")[0].split("/")[1:]]:
                case ["POST", "books"]:
                    return self.add(asked)
                case ["GET", "books"]:
                    return Answer(200, list(self.books.values()))
                case [_, "books", book, *_] if book not in self.books:
                    return no(404, "no such book")
                case [method, "books", book]:
                    return self.book(method, book, asked)
                case [method, "books", book, "loans", *loan]:
                    return self.loan(method, book, *loan)
            return no(405, "not here")

    def book(self, method: str, book: str, asked: Asked) -> Answer:
        match method:
            case "GET":
                return Answer(200, self.books[book])
            case "PUT":
                return self.replace(asked, book)
            case "DELETE":
                return self.remove(book)
        return no(405, "not here")

    def loan(self, method: str, book: str, loan: str = "") -> Answer:
        if method == "POST" and not loan:
            loan = str(next(self.numbers))
            self.loans[loan] = book
            return Answer(201, {"id": int(loan)})
        if self.loans.get(loan) != book:
            return no(404, "no such loan")
        if method == "GET":
            return Answer(200, {"id": int(loan)})
        if method == "DELETE":
            del self.loans[loan]
            return Answer(204, b"")
        return no(405, "not here")

    def add(self, asked: Asked) -> Answer:
        new = self.read(asked)
        if isinstance(new, Answer):
            return new
        if self.wrong == "refuses":
            return no(422, "not today")
        if any(each["title"] == new["title"] and each.get("pages") == new.get("pages") for each in self.books.values()):
            return no(409, "there is one")
        code = f"b{next(self.numbers)}"
        self.books[code] = {**new, "code": code}
        return Answer(201, {"title": new["title"]} if self.wrong == "no code" else self.books[code])

    def replace(self, asked: Asked, book: str) -> Answer:
        new = self.read(asked)
        if isinstance(new, Answer):
            return new
        self.books[book] = {**new, "code": book}
        return Answer(200, self.books[book])

    def remove(self, book: str) -> Answer:
        if self.wrong == "stays" or book in self.loans.values():
            return no(409, "it is lent")
        if self.wrong != "keeps":
            del self.books[book]
        return Answer(204, b"")

    def read(self, asked: Asked) -> Any:
        try:
            new = json.loads(asked.body)
        except ValueError:
            return no(400, "no JSON")
        if not isinstance(new, dict) or not isinstance(new.get("title"), str) or not 1 <= len(new["title"]) <= 100:
            return no(422, "no title")
        return new


def no(status: int, why: str) -> Answer:
    return Answer(status, {"error": why})
