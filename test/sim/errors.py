"""Error codes of gateway, BSS, HSS and IAM, and the bodies they come in.

Promises: reply(code) has the status and body shape the documents and the
answers seen in public issues give that code.  Texts are the services' own
only where a client has to tell cases apart by them.
"""

import json
import re

from wire import Reply

AUTH = "Incorrect IAM authentication information: "

# code without the gateway's prefix: (status, text)
GATEWAY = {
    "0101": (404, "The API does not exist or has not been published"),
    "0103": (500, "The backend does not exist"),
    "0106": (400, "The orchestration parameter is wrong"),
    "0201": (400, "Bad request"),
    "0202": (502, "Backend unavailable"),
    "0203": (504, "Backend timeout"),
    "0204": (400, "SSL protocol is not supported: TLSv1.1"),
    "0301": (401, AUTH + "x-auth-token not found"),
    "0302": (403, "The IAM user is not authorized to access the API"),
    "0303": (401, "Incorrect app authentication information"),
    "0304": (403, "The app is not authorized to access the API"),
    "0305": (401, "Incorrect authentication information"),
    "0306": (403, "API access denied"),
    "0307": (401, "The token must be updated"),
    "0308": (429, "The throttling threshold has been reached: policy user "
                  "over ratelimit,limit:5,time:1 minute"),
    "0310": (403, "The project is unavailable"),
    "0401": (403, "Unknown client IP address"),
    "0402": (403, "The IP address is not authorized to access the API"),
    "0601": (500, "Internal server error"),
    "0602": (400, "Bad request: unknown authorization"),
    "0610": (502, "Bad gateway"),
    "0613": (503, "IAM is unavailable"),
    "0802": (403, "The IAM user is forbidden in the current region"),
}

SERVICE = {
    "CBC.0000": (200, "Success."),
    "CBC.0100": (400, "Parameter error."),
    "CBC.0101": (400, "Parameter error: value."),
    "CBC.0150": (403, "The customer belongs to another site."),
    "CBC.0151": (403, "Access denied."),
    "CBC.0154": (401, "The token is expired."),
    "CBC.0155": (403, "The request is not allowed."),
    "CBC.0156": (403, "The customer belongs to the European site."),
    "CBC.0250": (429, "Too many requests."),
    "CBC.0999": (500, "Other errors."),
    "CBC.5001": (200, "The billing task failed."),
    "CBC.6055": (200, "The customer is frozen."),
    "CBC.30050007": (200, "No such resource package."),
    "CBC.99007197": (400, "The IP address is throttled."),
    "HSS.0001": (400, "参数错误"),
    "HSS.0002": (400, "请求解析失败"),
    "HSS.0004": (400, "参数不合法"),
    "HSS.0010": (400, "没有权限"),
    "HSS.0011": (400, "资源不存在"),
    "HSS.0013": (400, "权限不足"),
    "HSS.0041": (500, "系统内部错误"),
    "HSS.1019": (400, "策略组不存在"),
    "00000010": (400, "没有权限访问该企业项目"),
}

# Plain status numbers stand for the code such an answer usually has.
BY_STATUS = {"400": "0201", "401": "0307", "403": "0302", "404": "0101",
             "429": "0308", "500": "CBC.0999", "502": "0202", "503": "0613",
             "504": "0203"}

SHAPES = tuple(f"E{number}" for number in range(1, 13))

HTML = ("<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n"
        "<center><h1>{0} {1}</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n")


def lookup(code, prefix="APIGW"):
    """(full code, status, text) of a code or status number."""
    code = BY_STATUS.get(code, code)
    if code in GATEWAY:
        return (f"{prefix}.{code}",) + GATEWAY[code]
    head, _, tail = code.partition(".")
    if head in ("APIG", "APIGW") and tail in GATEWAY:
        return (code,) + GATEWAY[tail]
    if code in SERVICE:
        return (code,) + SERVICE[code]
    if code.isdigit() and len(code) == 3:
        return f"{prefix}.0{code}", int(code), "Failed"
    return code, 400, "Failed"


def is_known(code):
    """Whether a text can stand for an error: a status or a code."""
    return code in GATEWAY or bool(re.fullmatch(
        r"[1-9][0-9]{2}|[A-Z]+\.[0-9]{4,10}|[0-9]{8}", code))


def shape_of(code):
    """Which body shape a code comes in by itself."""
    if code.startswith(("APIG.", "APIGW.")):
        return "E2"
    if code.startswith("HSS."):
        return "E3"
    return "E4" if code.startswith("0000") else "E1"


def body(shape, code, text, status, request_id):
    """The error body; shapes are numbered as in README.md."""
    if shape == "E11":
        return HTML.format(status, "Error")
    if shape == "E12":
        return text
    shown = {
        "E1": {"error_code": code, "error_msg": text},
        "E2": {"error_msg": text, "error_code": code,
               "request_id": request_id},
        "E3": {"error_code": code, "error_description": text,
               "error_msg": text},
        "E4": {"error_code": code, "error_description": text},
        "E5": {"status_code": status, "request_id": request_id,
               "error_code": code, "error_description": text},
        "E6": {"error": {"message": text, "code": status,
                         "title": "Unauthorized" if status == 401
                         else "Error"}},
        "E7": {"error_msg": text, "error_code": code},
        "E8": {"code": code, "message": text,
               "details": [{"error_code": code, "error_msg": text}],
               "encoded_authorization_message": "x" * 3000},
        "E9": {"error": {"error_code": code, "error_msg": text}},
        "E10": {"errorCode": code, "errorMsg": text},
    }[shape]
    return json.dumps(shown, ensure_ascii=False)


def reply(code, text=None, settings=None, status=None, request_id=""):
    """An error answer in the shape its code usually has."""
    full, usual, default = lookup(code, settings.gateway if settings
                                  else "APIGW")
    text = text or default
    status = status or usual
    shape = (settings.error_shape if settings else "") or shape_of(full)
    answer = Reply(status, body(shape, full, text, status, request_id))
    if shape in ("E11", "E12"):
        answer.type = "text/html" if shape == "E11" else "text/plain"
    answer.note = f"{full} {text}"
    return answer
