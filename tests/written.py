"""One of every element that an article may hold, as the editor writes it."""

WRITTEN = (
    '<p id="a">a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code> <sub>f</sub> <sup>g</sup><br>h</p>',
    '<p><a href="/about/" title="t">a</a> <a href="mailto:ann@example.org">b</a></p>',
    '<h2 id="b">a</h2>\n<h3>b</h3>\n<h4>c</h4>',
    '<ul><li>a<ul><li>b</li></ul></li></ul>\n<ol start="3"><li>c</li></ol>',
    '<blockquote><p>a</p></blockquote>\n<blockquote class="pull"><p>b</p></blockquote>',
    "<pre>a\n  b</pre>\n<hr>",
    (
        '<table><caption>t</caption><thead><tr><th scope="col">a</th><th>b</th></tr></thead>'
        '<tbody><tr><td colspan="2">c</td></tr></tbody><tfoot><tr><td>d</td><td></td></tr></tfoot></table>'
    ),
    '<figure data-picture="12"></figure>',
    '<figure data-picture="12"><figcaption>a <em>b</em></figcaption></figure>',
    '<figure class="card"><img data-picture="7" alt=""><a href="/about/">a</a><figcaption>b</figcaption></figure>',
    '<figure><img src="/media/a.webp" alt="b" width="3" height="2"><figcaption>c</figcaption></figure>',
    "<dl><dt>a</dt><dd>b</dd></dl>\n<details><summary>a</summary><p>b</p></details>\n<div><p>a</p></div>",
)
