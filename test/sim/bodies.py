"""Canned bodies: replies no document promises but a client must survive.

Promises: make(name, api, settings, good) answers one of NAMES for any API;
`good` is the reply the API would have given.
"""

import errors

HEAVY = "9" * 400

# Values put into a reply that is otherwise in order:
# name: (integer field, text field, time field) as JSON texts or None
VALUES = {
    "big_int": ("9223372036854775807", None, None),
    "big_int_beyond": ("9223372036854775808", None, None),
    "huge_number": (HEAVY, None, None),
    "int_float": ("1735689600000.5", None, None),
    "int_text": ('"soon"', None, None),
    "int_bool": ("true", None, None),
    "nul_escape": (None, '"nul\\u0000inside"', None),
    "lone_surrogate": (None, '"lone\\ud83dhigh"', None),
    "bad_utf8": (None, '"bad\udcff\udcfeutf8"', None),
    "overlong_utf8": (None, '"over\udcc0\udcaflong"', None),
    "long_text": (None, '"' + "x" * 100000 + '"', None),
    "text_object": (None, '{"a":1}', None),
    "text_number": (None, "12", None),
    "control_char": (None, '"tab\there"', None),
    "bad_escape": (None, '"bad\\qescape"', None),
    "bad_time": (None, None, '"2025-13-45T99:00:00Z"'),
    "odd_time": (None, None, '"2025-01-02T03:04:05.123+08:00"'),
    "empty_time": (None, None, '""'),
}

# Whole bodies, the same for all APIs.
WHOLE = {
    "html200": errors.HTML.format(200, "OK"),
    "empty200": "",
    "blank200": " \r\n ",
    "not_json": "this is not JSON",
    "null_body": "null",
    "scalar_body": "42",
    "string_body": '"text"',
    "array_body": "[]",
    "array_rows": '[{"resource_id":"a"}]',
    "empty_object": "{}",
    "error200": '{"error_code":"CBC.5001","error_msg":"The billing task '
                'failed."}',
    "error200_success": '{"error_code":"CBC.0000","error_msg":"Success."}',
    "wrong_api": '{"measure_units":[{"measure_id":10,"measure_name":"GB"}],'
                 '"total_count":1}',
    "nan": '{"granting_amount":NaN,"consumption_quota":NaN,"total_num":NaN,'
           '"data_list":[],"package_usage_infos":[]}',
    "bare_word": '{"data_list":[],"package_usage_infos":[],"total_num":0,'
                 '"currency":USD}',
    "list_object": '{"data_list":{"resource_id":"a"},'
                   '"package_usage_infos":{"order_instance_id":"a"}}',
    "list_text": '{"data_list":"none","package_usage_infos":"none"}',
    "list_null": '{"data_list":null,"package_usage_infos":null,'
                 '"total_num":0}',
    "list_scalars": '{"data_list":[1,"a",null],"total_num":3,'
                    '"package_usage_infos":[1,"a",null]}',
    "list_missing": '{"total_num":5,"measure_id":1}',
    "row_empty": '{"data_list":[{}],"total_num":1,'
                 '"package_usage_infos":[{}]}',
}

# Changes of the good reply.
CHANGES = ("truncated_json", "trailing", "trailing_blank", "trailing_comma",
           "deep", "wide", "bom", "single_quotes", "comment", "utf16", "dup_keys")

NAMES = tuple(VALUES) + tuple(WHOLE) + CHANGES


def valued(api, integer, text, moment):
    """A reply of this API with the given values in it."""
    integer, name, moment = (integer or "-1", text or '"web-01"',
                             moment or '"2025-01-02T03:04:05Z"')
    if api == "quotas":
        return ('{"data_list":[{"resource_id":"canned-1","version":'
                '"hss.version.basic","quota_status":"normal","used_status":'
                f'"used","host_id":"h-1","host_name":{name},"charging_mode":'
                f'"packet_cycle","expire_time":{integer},"shared_quota":'
                '"shared","tags":[{"key":"k","value":'
                f'{name}}}]}}],"total_num":1}}')
    integer = integer if integer != "-1" else "1"
    name = text or '"USD"'
    if api == "packages":
        return ('{"package_usage_infos":[{"order_instance_id":"canned-1",'
                f'"resource_type_name":{name},"quota_reuse_mode":{integer},'
                f'"start_time":{moment},"end_time":{moment},"balance":1,'
                '"total":1,"measurement_name":"GB","region_code":"r"}]}')
    first = ('"consumption_quota":"10","amount":"1"' if api == "consumption"
             else '"granting_amount":10,"granting_amount_used":1')
    return f'{{{first},"measure_id":{integer},"currency":{name}}}'


def changed(name, good, settings):
    """The good reply, spoilt."""
    if name == "truncated_json":
        return good[:max(1, len(good) * 2 // 3)]
    if name == "trailing":
        return good + b"garbage"
    if name == "trailing_blank":
        return good + b" \r\n\t "
    if name == "trailing_comma":
        return good[:-1] + b",}"
    if name == "deep":
        return (good[:-1] + b',"deep":' + b"[" * settings.depth
                + b"]" * settings.depth + b"}")
    if name == "wide":
        return good[:-1] + b',"wide":[' + b"0," * settings.depth + b"0]}"
    if name == "bom":
        return b"\xef\xbb\xbf" + good
    if name == "single_quotes":
        return good.replace(b'"', b"'")
    if name == "comment":
        return b"/* hello */" + good
    if name == "utf16":
        return good.decode().encode("utf-16")
    # dup_keys: each top-level name once more, with other values
    return (good[:-1] + b',"data_list":[],"package_usage_infos":[],'
            b'"currency":"EUR","total_num":12345}')


def make(name, api, settings, good):
    """The canned body as bytes."""
    if name in VALUES:
        return valued(api, *VALUES[name]).encode("utf-8", "surrogateescape")
    if name in WHOLE:
        return WHOLE[name].encode()
    if name in CHANGES:
        return changed(name, good, settings)
    raise KeyError(f"no canned body is named {name}")
