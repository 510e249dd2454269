"""The look of the channel page: one column, light and dark, down to 320 px."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1d1c1d;--soft:#5c5b60;--page:#fff;--line:#d9d9dd;--link:#0b5cad;--tint:#f4f4f6;
--button:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e4e4e7;--soft:#a3a3ad;--page:#17181c;--line:#3a3b42;--link:#7cb8f5;
--tint:#212228;--button:#2a2b32}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header{padding:12px 16px;border-bottom:1px solid var(--line);background:var(--tint)}
h1{font-size:17px;margin:0 0 8px}h1 small{font-weight:400;color:var(--soft)}
nav{display:flex;gap:8px;flex-wrap:wrap}
nav a{padding:6px 12px;border-radius:6px;text-decoration:none;color:var(--ink);border:1px solid var(--line)}
nav a[aria-current]{background:var(--link);border-color:var(--link);color:var(--page)}
main{max-width:760px;margin:0 auto;padding:0 16px 48px}
h2{font-size:20px;margin:20px 0 0}h3{font-size:16px;margin:4px 0}
a{color:var(--link)}p{margin:4px 0}.count,.context,.edited,.by time,.by i{color:var(--soft);font-size:13px}
.by i{font-style:normal;background:var(--tint);border-radius:3px;padding:1px 4px;font-size:11px}
.root{border-top:1px solid var(--line);padding:14px 0}
.thread{margin:10px 0 0 14px;padding-left:14px;border-left:3px solid var(--line)}
.thread article{margin-top:10px}
.fields{list-style:none;margin:8px 0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));
gap:8px 16px}
.warning{border:1px solid #b3261e;border-radius:6px;padding:8px 12px;margin:12px 0}
.actions form{margin:0}.actions{display:flex;flex-wrap:wrap;gap:8px;margin:10px 0}
.button{display:inline-block;padding:7px 12px;border:1px solid var(--line);border-radius:6px;background:var(--button);
color:var(--ink);text-decoration:none;font:600 14px/1.5 system-ui,sans-serif}
button.button{cursor:pointer}.button:focus-visible,nav a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.button.primary{background:#0b6e4f;border-color:#0b6e4f;color:#fff}
.button.danger{background:#b3261e;border-color:#b3261e;color:#fff}
hr{border:0;border-top:1px solid var(--line);margin:10px 0}
code{background:var(--tint);border:1px solid var(--line);border-radius:3px;padding:0 4px;white-space:pre-wrap}
q{display:block;border-left:3px solid var(--line);padding-left:10px;quotes:none}
.mention{background:var(--tint);color:var(--link);border-radius:3px;padding:0 3px}
img{max-width:100%;height:auto;border-radius:6px;display:block;margin:8px 0;max-height:320px}.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:8px 0;font-size:14px}caption{text-align:left;color:var(--soft)}
td{border:1px solid var(--line);padding:3px 8px;overflow-wrap:normal}
"""
