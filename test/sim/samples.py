"""The example replies of the four API documents, letter for letter.

Promises: nothing but these texts; setting sample=1 serves them.
"""

# "Querying Consumption Quota", 2024-08-02
CONSUMPTION = (
    '{  \n'
    '    "consumption_quota": "10000",\n'
    '    "amount": "10.18",\n'
    '    "coupon_amount": "10.03",\n'
    '    "due_amount": "500.28",\n'
    '    "unbilled_amount": "100.01",\n'
    '    "used_consumption_quota": "580.08",\n'
    '    "measure_id": 1,\n'
    '    "currency": "USD"\n'
    '}')

# "Querying Expenditure Quota", 2025-08-28
EXPENDITURE = (
    '{\n'
    '    "granting_amount": 200.0,\n'
    '    "granting_amount_used": 122.0,\n'
    '    "percentage_granting_amount_used": 0.61,\n'
    '    "measure_id": 1,\n'
    '    "currency": "USD"\n'
    '}')

# "Querying the Package Usage", 2023-12-13
PACKAGES = (
    '{\n'
    '    "package_usage_infos": [\n'
    '        {\n'
    '            "order_instance_id": "01154-119701448-0",\n'
    '            "resource_type_name": "cdn.cdn.flow",\n'
    '            "quota_reuse_mode": 1,\n'
    '            "quota_reuse_cycle": 1,\n'
    '            "quota_reuse_cycle_type": 1,\n'
    '            "start_time": "2019-12-26T02:00:00Z",\n'
    '            "end_time": "2019-12-26T02:24:11Z",\n'
    '            "balance": 100,\n'
    '            "total": 100,\n'
    '            "measurement_name": "Byte",\n'
    '            "region_code": "global-cbc-1"\n'
    '        }   ]\n'
    '}')

# "Querying Quota Details", 2024-11-19
QUOTAS = (
    '{\n'
    '  "data_list" : [ {\n'
    '    "charging_mode" : "packet_cycle",\n'
    '    "expire_time" : -1,\n'
    '    "host_id" : "71a15ecc-049f-4cca-bd28-5e90aca1817f",\n'
    '    "host_name" : "zhangxiaodong2",\n'
    '    "quota_status" : "normal",\n'
    '    "resource_id" : "af4d08ad-2b60-4916-a5cf-8d6a23956dda",\n'
    '    "shared_quota" : "shared",\n'
    '    "tags" : [ {\n'
    '      "key" : "Service",\n'
    '      "value" : "HSS"\n'
    '    } ],\n'
    '    "used_status" : "used",\n'
    '    "version" : "hss.version.wtp"\n'
    '  } ],\n'
    '  "expired_num" : 0,\n'
    '  "freeze_num" : 0,\n'
    '  "idle_num" : 20,\n'
    '  "normal_num" : 60,\n'
    '  "on_demand_num" : 0,\n'
    '  "packet_cycle_num" : 60,\n'
    '  "quota_statistics_list" : [ {\n'
    '    "total_num" : 8,\n'
    '    "version" : "hss.version.basic"\n'
    '  } ],\n'
    '  "total_num" : 60,\n'
    '  "used_num" : 40\n'
    '}')
