from .company import Company as Company
from .error import Error as Error
from .fund_limit import FundLimit as FundLimit
from .generate_session_request import GenerateSessionRequest as GenerateSessionRequest
from .generate_session_response import (
    GenerateSessionResponse as GenerateSessionResponse,
)
from .generate_session_with_totp_request import (
    GenerateSessionWithTotpRequest as GenerateSessionWithTotpRequest,
)
from .holding import Holding as Holding
from .holding_detail import HoldingDetail as HoldingDetail
from .holding_details_request import HoldingDetailsRequest as HoldingDetailsRequest
from .holding_details_request_data import (
    HoldingDetailsRequestData as HoldingDetailsRequestData,
)
from .index import Index as Index
from .margin import Margin as Margin
from .margin_request import MarginRequest as MarginRequest
from .margin_request_data import MarginRequestData as MarginRequestData
from .market_status import MarketStatus as MarketStatus
from .order import Order as Order
from .order_details import OrderDetails as OrderDetails
from .order_request import OrderRequest as OrderRequest
from .order_request_data import OrderRequestData as OrderRequestData
from .order_trade import OrderTrade as OrderTrade
from .portfolio_item import PortfolioItem as PortfolioItem
from .position import Position as Position
from .positions_request import PositionsRequest as PositionsRequest
from .positions_request_data import PositionsRequestData as PositionsRequestData
from .quote import Quote as Quote
from .returns import Returns as Returns
from .shareholding import Shareholding as Shareholding
from .source_request import SourceRequest as SourceRequest
from .statement_line import StatementLine as StatementLine
from .stock import Stock as Stock
from .trade import Trade as Trade
