"""Companies and indices, without credentials."""

from __future__ import annotations

from ...client import Operations

TYPE_CHECKING: bool = False

if TYPE_CHECKING:
    from ...models.company import Company
    from ...models.index import Index
    from ...models.returns import Returns
    from ...models.shareholding import Shareholding
    from ...models.statement_line import StatementLine
    from ...models.stock import Stock
    from ...reading import Rows


class Market(Operations):
    """Companies and indices, without credentials."""

    __slots__ = ()

    def search_stocks(self, *, query: str, page: int = 1, limit: int = 10) -> Rows[Stock]:
        """Search stocks.

        Searches companies by name, NSE symbol or BSE code. There is no total count.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            query: A name, an NSE symbol or a BSE code. Inferred: It is not empty (minLength).
            page: The page. Inferred: It is at least 1 (minimum).
            limit: How many there are on a page, at the most. What the most is, is not known. Inferred: It is at
                least 1 (minimum).
        """
        from . import search_stocks as operation

        return self._client.send(operation.request(query=query, page=page, limit=limit))

    def company(self, *, company_slug: str) -> Company:
        """See a company.

        Reads basic details of a company, with its last prices.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            company_slug: The slug of the company. The documentation says that the search has it, whose sample has
                none; an older copy says companyname. Inferred: The example; no slug was seen.
        """
        from . import company as operation

        return self._client.send(operation.request(company_slug=company_slug))

    def indices(self) -> Rows[Index]:
        """See the indices.

        Reads the indices of NSE and BSE.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.
        """
        from . import indices as operation

        return self._client.send(operation.request())

    def returns(self, *, exchange: str, cocode: int, report_type: str) -> Returns:
        """See the returns of a company.

        Reads the returns of a company. The documentation calls them predictions; they look like those of the past.
        Take them as reported.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.
        - Inferred: That they look like those of the past.

        Args:
            exchange: NSE or BSE.
            cocode: The code of the company, as the search has it in co_code. Inferred: That it is the co_code of
                the search; and that it is not negative (minimum).
            report_type: S standalone, C consolidated.
        """
        from . import returns as operation

        return self._client.send(operation.request(exchange=exchange, cocode=cocode, report_type=report_type))

    def shareholding(self, *, cocode: int) -> Rows[Shareholding]:
        """See who holds a company.

        Reads the share holding pattern of the last four quarters, the newest first.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            cocode: The code of the company, as the search has it in co_code. Inferred: That it is the co_code of
                the search; and that it is not negative (minimum).
        """
        from . import shareholding as operation

        return self._client.send(operation.request(cocode=cocode))

    def balance_sheet(self, *, cocode: int, report_type: str) -> Rows[StatementLine]:
        """See the balance sheet of a company.

        Reads the balance sheet of five years, one row a line. The path is spelled so.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            cocode: The code of the company, as the search has it in co_code. Inferred: That it is the co_code of
                the search; and that it is not negative (minimum).
            report_type: S standalone, C consolidated.
        """
        from . import balance_sheet as operation

        return self._client.send(operation.request(cocode=cocode, report_type=report_type))

    def cash_flow(self, *, cocode: int, report_type: str) -> Rows[StatementLine]:
        """See the cash flow of a company.

        Reads the cash flow of five years, one row a line.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            cocode: The code of the company, as the search has it in co_code. Inferred: That it is the co_code of
                the search; and that it is not negative (minimum).
            report_type: S standalone, C consolidated.
        """
        from . import cash_flow as operation

        return self._client.send(operation.request(cocode=cocode, report_type=report_type))

    def profit_and_loss(self, *, cocode: int, report_type: str) -> Rows[StatementLine]:
        """See the profit and loss of a company.

        Reads profit and loss of five years, one row a line.

        Evidence: documented.
        - Inferred: That it is open to everybody (security): no sample of it carries a credential.

        Args:
            cocode: The code of the company, as the search has it in co_code. Inferred: That it is the co_code of
                the search; and that it is not negative (minimum).
            report_type: S standalone, C consolidated.
        """
        from . import profit_and_loss as operation

        return self._client.send(operation.request(cocode=cocode, report_type=report_type))
