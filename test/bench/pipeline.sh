#!/bin/bash
# What one would type instead: curl | jq | COPY.
#
#	pipeline.sh URL HOSTS CONTAINERS
#
# For each line on its standard input, reads that many rows of each category
# below URL and copies them into an emptied table "pipeline"; prints the number
# of rows.  curl keeps its connection through one reading.

set -u -o pipefail
columns='resource_id version quota_status used_status host_id host_name
	charging_mode tags expire_time shared_quota enterprise_project_id
	enterprise_project_name create_time'
fields=$(printf ', .%s' $columns)
fields=${fields#, }
fields=${fields/.tags/(.tags | if . == null then null else tojson end)}
all='enterprise_project_id=all_granted_eps&limit=200'
list=$(printf ', %s' $columns)

while read -r _; do
	curl -sf --noproxy '*' \
		"$1?category=host_resource&$all&offset=[0-$2:200]" \
		"$1?category=container_resource&$all&offset=[0-$3:200]" |
		jq -r ".data_list[] | [$fields] | @csv" |
		psql -X -q -c 'TRUNCATE pipeline' \
			-c "\\copy pipeline (${list#, }) FROM STDIN (FORMAT csv)" \
			-c '\pset tuples_only on' -c '\pset format unaligned' \
			-c 'SELECT count(*) FROM pipeline' || echo failed
done
