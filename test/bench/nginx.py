"""A private nginx that serves pages from files.

Promises: quotas/ has the pages of the simulator's quotas as files, each
fetched once; million/ answers any offset below 1,000,000 with a page of 200
rows whose keys carry the offset.  Connections are kept for good.  nginx ends with this
process, and all of its files lie in one directory.
"""

import os
import socket
import subprocess
import time
import urllib.request

PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PATH = f"/v5/{PROJECT}/billing/quotas-detail"
QUERY = "category={}&enterprise_project_id=all_granted_eps&limit={}&offset={}"
SIZE = 200
MILLION = 1000000

CONFIG = """
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    default_type application/json;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    open_file_cache max=1000 inactive=1h;
    open_file_cache_valid 1h;
    map $arg_category:$arg_offset $million {{
        default                           none.json;
        "~^host_resource:[0-9]{{1,6}}$"   page.json;
        "~^host_resource:"                end.json;
    }}
    server {{
        listen 127.0.0.1:{port};
        root {root};
        location /quotas/ {{
            try_files /quotas/$arg_category/$arg_limit/$arg_offset.json =404;
        }}
        location /million/ {{
            ssi on;
            ssi_types application/json;
            try_files /million/$million =404;
        }}
    }}
}}
"""

ROW = ('{{"charging_mode":"packet_cycle","expire_time":1798675200000,'
       '"host_id":"h-{key}","host_name":"node-{index:04d}",'
       '"quota_status":"normal","resource_id":"{key}",'
       '"shared_quota":"shared","tags":[{{"key":"Service","value":"HSS"}}],'
       '"used_status":"used","version":"hss.version.basic",'
       '"enterprise_project_id":"0","enterprise_project_name":"default"}}')


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text)


def write_million(root):
    rows = ",".join(
        ROW.format(index=i, key='<!--#echo var="arg_offset" -->-'
                   f"4f6d-9b1c-7e3a2d5c8f{i:03d}") for i in range(SIZE))
    for name, list_, total in (("page", rows, MILLION), ("end", "", MILLION),
                               ("none", "", 0)):
        write(f"{root}/million/{name}.json",
              f'{{"data_list":[{list_}],"total_num":{total}}}'.encode())


def write_quotas(root, simulator, count):
    """Takes the pages of each category over; their lists, with the end."""
    queries = []
    for category in ("host_resource", "container_resource"):
        offset = 0
        while True:
            query = QUERY.format(category, SIZE, offset)
            url = f"{simulator}/case/auth=none;quotas={count}{PATH}?{query}"
            with urllib.request.urlopen(url) as reply:
                body = reply.read()
            write(f"{root}/quotas/{category}/{SIZE}/{offset}.json", body)
            queries.append(query)
            if body.startswith(b'{"data_list":[]'):
                break
            offset += SIZE
    return queries


class Nginx:
    """nginx over the pages of so many quotas; url is where it listens."""

    def __init__(self, directory, simulator, count):
        self.root = f"{directory}/root"
        self.queries = write_quotas(self.root, simulator, count)
        write_million(self.root)
        os.makedirs(f"{directory}/tmp")
        for _ in range(5):
            self.start(directory)
            if self.is_up():
                return
        raise SystemExit("nginx did not start:\n" + self.complaint)

    def start(self, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        with open(f"{directory}/nginx.conf", "w", encoding="utf-8") as file:
            file.write(CONFIG.format(port=self.port, root=self.root))
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "nginx", "-p", directory,
             "-c", f"{directory}/nginx.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def is_up(self):
        """Whether it answers; False once it has ended."""
        while self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port)):
                    return True
            except ConnectionRefusedError:
                time.sleep(0.02)
        self.complaint = self.process.stderr.read()
        return False

    def urls(self):
        """The requests that reading all quotas takes, as full URLs."""
        return [f"{self.url}/quotas{PATH}?{query}" for query in self.queries]

    def stop(self):
        self.process.terminate()
        self.process.wait()
