from .company import Company as Company
from .conversion_answer import ConversionAnswer as ConversionAnswer
from .convert_position_request import ConvertPositionRequest as ConvertPositionRequest
from .convert_position_request_data import (
    ConvertPositionRequestData as ConvertPositionRequestData,
)
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
from .order_answer import OrderAnswer as OrderAnswer
from .order_answer_row import OrderAnswerRow as OrderAnswerRow
from .order_cancel_request import OrderCancelRequest as OrderCancelRequest
from .order_cancel_request_data import OrderCancelRequestData as OrderCancelRequestData
from .order_details import OrderDetails as OrderDetails
from .order_entry_request import OrderEntryRequest as OrderEntryRequest
from .order_entry_request_data import OrderEntryRequestData as OrderEntryRequestData
from .order_modify_request import OrderModifyRequest as OrderModifyRequest
from .order_modify_request_data import OrderModifyRequestData as OrderModifyRequestData
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
