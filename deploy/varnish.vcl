# Varnish in front of newsite: pages are kept until newsite says by name that they changed.
#
# Copy to /etc/varnish/default.vcl, change what is marked OPERATOR, then: systemctl reload varnish
# Made for Varnish 7.1 with varnish-modules (Debian 12). newsite needs NEWSITE_PROXIES=1 and
# NEWSITE_PURGE_URLS=http://127.0.0.1:6081/ (this Varnish's address). Varnish speaks no TLS: let nginx stand in
# front of it (deploy/nginx.conf). docs/operator.md tells the rest.

vcl 4.1;

import directors;
import std;
import xkey;

# A host that cannot serve the site (its process, its database or its database's shape) is left alone after three
# seconds, and asked again after one good answer. One that is only busy has three seconds for each answer: taken for
# gone, it would leave everybody who writes with nobody to write to.
probe ready {
    .url = "/readyz";
    .interval = 1s;
    .timeout = 3s;
    .window = 3;
    .threshold = 1;
    .initial = 1;
}

# OPERATOR: the hosts. With one, delete the second here and in vcl_init.
backend one {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = ready;
    .connect_timeout = 1s;
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 15s;
}

backend two {
    .host = "127.0.0.1";
    .port = "8001";
    .probe = ready;
    .connect_timeout = 1s;
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 15s;
}

sub vcl_init {
    new hosts = directors.round_robin();
    hosts.add_backend(one);
    hosts.add_backend(two);
}

# OPERATOR: where newsite's workers are, which say what changed.
acl purgers {
    "127.0.0.1";
    "::1";
}

# OPERATOR: where the servers with TLS are that stand in front, and are believed when they name the reader.
acl proxies {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.restarts == 0) {
        call who_asks;
        unset req.http.X-Newsite-Again;
    }
    set req.backend_hint = hosts.backend();

    if (req.method == "PURGE") {
        call purge_by_key;
    }
    if (req.method !~ "^(GET|HEAD|POST|OPTIONS)$") {
        return (synth(405, "Method Not Allowed"));
    }
    if (req.url ~ "^/+metrics") {
        return (synth(404, "Not Found"));  # for machines on newsite's host
    }

    unset req.http.X-Newsite-Brotli;
    unset req.http.X-Newsite-Page;
    if (req.method != "GET" && req.method != "HEAD") {
        # Pictures and files that are sent to the desk, up to 101 MB at once: as many would not fit in memory.
        # The server with TLS in front has taken them in already.
        if (req.url ~ "^/+desk/pictures/") {
            return (pass);
        }
        # Taken in whole before a host is asked: a slow line keeps no thread there, and a reply can be
        # sent to the other host. newsite takes 4 MiB, and says by itself what is too much.
        if (!std.cache_req_body(5MB)) {
            return (synth(413, "Content Too Large"));
        }
        return (pass);
    }
    # The desk, what is one reader's own, and what is asked of one host.
    if (req.url ~ "(?i)^/+(desk|replies|privacy|draft|healthz|readyz)([/?]|$)") {
        return (pass);
    }

    # newsite shows everybody the same public page: what a browser sends along makes no other.
    set req.http.X-Newsite-Page = "yes";
    unset req.http.Cookie;
    unset req.http.Authorization;

    # Varnish itself knows gzip. Brotli, where a browser wants it, is a page of its own (vcl_hash). Pictures and
    # files are packed by their nature, and newsite has one form of each.
    if (req.url !~ "^/+media/" && req.http.Accept-Encoding ~ "(?i)(^|[ ,])br( *; *q=(1|0?\.[0-9]*[1-9])[0-9.]*)? *(,|$)") {
        set req.http.X-Newsite-Brotli = "yes";
    }

    # What is old is shown only while no host is ready, or where the one that was asked failed.
    if (req.http.X-Newsite-Again || !std.healthy(req.backend_hint)) {
        set req.grace = 24h;
    } else {
        set req.grace = 0s;
    }
    return (hash);
}

# newsite with NEWSITE_PROXIES=1 believes one address and one scheme: those that are written here.
sub who_asks {
    if (client.ip ~ proxies && req.http.X-Forwarded-For ~ ",") {
        # A proxy's, to which Varnish has added the proxy's own address.
        set req.http.X-Newsite-Proxied = "yes";
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ",[^,]*$", "");
    } else {
        unset req.http.X-Newsite-Proxied;
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Forwarded-Proto = "http";
    }
}

# `Surrogate-Key` names what has changed. With `Soft`, pages are only marked as old, and stay for when no host
# answers. Whoever comes through a proxy has the proxy's address, and is no newsite.
sub purge_by_key {
    if (client.ip !~ purgers || req.http.X-Newsite-Proxied) {
        return (synth(405, "Method Not Allowed"));
    }
    if (!req.http.Surrogate-Key) {
        return (synth(400, "Surrogate-Key is missing"));
    }
    if (req.http.Soft) {
        return (synth(200, "Marked " + xkey.softpurge(req.http.Surrogate-Key)));
    }
    return (synth(200, "Purged " + xkey.purge(req.http.Surrogate-Key)));
}

sub vcl_hash {
    if (req.http.X-Newsite-Brotli) {
        hash_data("br");
    }
}

sub vcl_backend_fetch {
    if (bereq.http.X-Newsite-Brotli) {
        set bereq.http.Accept-Encoding = "br";
    }
    unset bereq.http.X-Newsite-Brotli;
    unset bereq.http.X-Newsite-Proxied;
    unset bereq.http.X-Newsite-Page;
    if (bereq.url ~ "^/+desk/pictures/") {
        set bereq.first_byte_timeout = 180s;  # twenty large pictures are drawn anew
    }
}

sub vcl_backend_response {
    # While a new version comes to one host after the other, a page of the one may ask the other for its style.
    # And a host whose database is away is not the other's trouble.
    if (bereq.retries == 0 && bereq.method == "GET" && !bereq.http.X-Newsite-Again &&
        (beresp.status >= 500 || (beresp.status == 404 && bereq.url ~ "^/static/"))) {
        return (retry);
    }
    if (beresp.status >= 500) {
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # By these keys a page is dropped; for how long it is fresh, newsite says in Cache-Control. How long it may
    # stand in when no host answers depends on whether changes are heard of at all.
    if (beresp.http.Surrogate-Key) {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
        set beresp.grace = 24h;
    } elseif (beresp.status == 200) {
        set beresp.grace = 1h;
    } else {
        set beresp.grace = 10s;
    }
    set beresp.keep = 1h;  # to ask whether it is still the same, in place of fetching it
}

sub vcl_backend_error {
    # The host has just gone: the other one is asked. A reply that comes twice is taken once.
    if (bereq.retries == 0 && (bereq.method == "GET" || bereq.url ~ "^/articles/[0-9]+/replies$")) {
        return (retry);
    }
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "30";
    set beresp.body = {"The site is catching its breath. Try again in half a minute.
"};
    return (deliver);
}

sub vcl_deliver {
    # Once more, and an old page will do.
    if (resp.status >= 500 && req.restarts == 0 && req.http.X-Newsite-Page) {
        set req.http.X-Newsite-Again = "yes";
        return (restart);
    }
    if (obj.hits == 0) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
    } elseif (obj.ttl < 0s) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit; detail=stale";
    } else {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit";
    }
    set resp.http.Cache-Status = regsub(resp.http.Cache-Status, "^, ", "");
    # Nobody after this one is told what changed: what comes next asks each time, which costs it a 304.
    set resp.http.Cache-Control = regsub(resp.http.Cache-Control, "s-maxage=.*$", "s-maxage=0");
    unset resp.http.xkey;
    unset resp.http.Surrogate-Key;
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}

sub vcl_synth {
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    set resp.body = "" + resp.status + " " + resp.reason + {"
"};
    return (deliver);
}
