"""Reads the tokens of a rule into its tree, or says what is wrong, where, and what would fit."""

from aiassist.segments.language.book import ATTRIBUTES, FUNCTIONS, names
from aiassist.segments.language.errors import RuleError, nearest
from aiassist.segments.language.operands import Reader
from aiassist.segments.language.tokens import Token, is_word, tokens_of
from aiassist.segments.language.tree import Call, Compare, Condition, Tree, Value, group
from ecomportal.said import Said, said

MAX_DEPTH = 20  # parentheses inside one another
MAX_CLAUSES = 100


def tree_of(text: str) -> Tree:
    return Parser(text).rule()


class Parser(Reader):
    """One pass from left to right; `self.at` is the token that comes next."""

    def __init__(self, text: str) -> None:
        super().__init__(tokens_of(text))
        self.n_clauses = 0

    def rule(self) -> Tree:
        if self.next.kind == "end":
            raise RuleError(
                said("The rule is empty. Begin with a clause such as %(clause)s.",
                     clause="number_of_orders >= 1"),
            )  # fmt: skip
        tree = self._either(depth=0)
        if self.next.kind != "end":
            raise self._left_over()
        return tree

    def _either(self, depth: int) -> Tree:
        parts = [self._both(depth)]
        while self.take_word("OR"):
            parts.append(self._both(depth))
        return group(parts, is_all=False)

    def _both(self, depth: int) -> Tree:
        parts = [self._part(depth)]
        while self.take_word("AND"):
            parts.append(self._part(depth))
        return group(parts, is_all=True)

    def _part(self, depth: int) -> Tree:
        start = self.next
        if not self.take_sign("("):
            return self._clause()
        if depth == MAX_DEPTH:
            reason = said("Parentheses go at most %(n)s deep.", n=MAX_DEPTH)
            raise RuleError(reason, start.position, start.length)
        tree = self._either(depth + 1)
        if not self.take_sign(")"):
            if self.next.kind == "end":
                raise RuleError(said("This parenthesis is not closed."), start.position, 1)
            raise self._left_over()
        return tree

    # --- Clauses -----------------------------------------------------------------------------

    def _clause(self) -> Compare | Call:
        self.n_clauses += 1
        if self.n_clauses > MAX_CLAUSES:
            reason = said(
                "A rule has at most %(n)s clauses. Make a segment of a part of it and use that "
                "with in_segment('...').",
                n=MAX_CLAUSES,
            )
            raise RuleError(reason, self.next.position, self.next.length)
        start = self.next
        if self.take_word("NOT"):
            return self._negated(start)
        name = self._name()
        if name in FUNCTIONS:
            return self._call(name, start, is_not=False)
        return self._compare(name, start)

    def _negated(self, start: Token) -> Call:
        if is_word(self.next, "NOT") or self.is_sign("("):
            raise RuleError(
                said("NOT stands only before a function clause, such as %(clause)s. Turn the "
                     "operators inside around instead.", clause="NOT in_segment('VIP')"),
                start.position, start.length,
            )  # fmt: skip
        first = self.next
        name = self._name()
        if name in ATTRIBUTES:
            reason = said(
                "NOT stands only before a function clause. Here use the operator that means the "
                "opposite, such as != or NOT CONTAINS."
            )
            raise RuleError(reason, start.position, first.end - start.position, [name])
        return self._call(name, start, is_not=True)

    def _name(self) -> str:
        token = self.next
        if token.kind != "word" or self.is_keyword(token):
            raise self._no_clause(token)
        self.advance()
        name = str(token.value).lower()
        if name in ATTRIBUTES or name in FUNCTIONS:
            return name
        near = nearest(name, names())
        if near:
            reason = said("There is no “%(name)s”. Did you mean %(near)s?", name=name, near=near)
        else:
            reason = said("There is no attribute and no function “%(name)s”.", name=name)
        raise RuleError(reason, token.position, token.length, near)

    def _no_clause(self, token: Token) -> RuleError:
        if token.kind == "end":
            before = self.tokens[self.at - 1] if self.at else token
            reason = said("The rule stops in the middle: a clause must follow.")
            return RuleError(reason, token.position, 0) if not before.raw else RuleError(
                said("A clause must follow after “%(word)s”.", word=before.raw),
                before.position, before.length,
            )  # fmt: skip
        reason = said("A clause begins here, with an attribute such as %(name)s.",
                      name="amount_spent")  # fmt: skip
        return RuleError(reason, token.position, token.length)

    def _compare(self, name: str, start: Token) -> Compare:
        if self.is_sign("("):
            reason = said("“%(name)s” is an attribute, not a function: an operator follows it.",
                          name=name)  # fmt: skip
            raise RuleError(reason, start.position, start.length)
        condition = self.condition(ATTRIBUTES[name], ATTRIBUTES[name].operators, after=start)
        length = self.before.end - start.position
        return Compare(name, condition, start.position, length)

    def _call(self, name: str, start: Token, *, is_not: bool) -> Call:
        given = self.arguments(name, start)
        ordered = [(p.name, given[p.name]) for p in FUNCTIONS[name].parameters if p.name in given]
        length = self.before.end - start.position
        arguments: tuple[tuple[str, Value | Condition], ...] = tuple(ordered)
        return Call(name, arguments, is_not, start.position, length)

    # --- What does not fit -------------------------------------------------------------------

    def _left_over(self) -> RuleError:
        token = self.next
        if self.is_sign(")"):
            return RuleError(said("No parenthesis is open here."), token.position, token.length)
        thousands = self.thousands()
        if thousands:
            return thousands
        word = str(token.value)
        near = nearest(word, ["AND", "OR"]) if token.kind == "word" else []
        proposals = near or [f"AND {token.raw}", f"OR {token.raw}"]
        return RuleError(_between(), token.position, token.length, proposals)


def _between() -> Said:
    return said("AND or OR must stand between two clauses.")
