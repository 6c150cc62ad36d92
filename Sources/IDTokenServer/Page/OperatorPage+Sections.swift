#if Server
extension OperatorPage {
  static let overview = """
    <header>
    <p class="kicker">ID token issuer</p>
    <h1>{{issuer}}</h1>
    <p><strong class="state {{stateStyle}}">{{state}}</strong> <span class="faint">as of
    <time datetime="{{nowISO}}">{{now}}</time> · <a href="./">Reload</a></span></p>
    {{#hasObstacles}}
    <ul class="obstacles">
    {{#obstacles}}
    <li>{{.}}</li>
    {{/obstacles}}
    </ul>
    {{/hasObstacles}}
    <dl class="facts">
    <div><dt>Tokens per second</dt><dd>{{tokensPerSecond}}</dd></div>
    <div><dt>Tokens issued</dt><dd>{{totalTokens}}</dd></div>
    <div><dt>Refused</dt><dd>{{totalRefusals}}</dd></div>
    <div><dt>Up for</dt><dd>{{uptime}}</dd></div>
    <div><dt>Key ring</dt><dd>epoch {{epoch}}</dd></div>
    <div><dt>This process</dt><dd>{{role}}</dd></div>
    </dl>
    </header>
    <main>

    """

  static let figures = """
    <div class="columns">
    <section aria-labelledby="issuance">
    <h2 id="issuance">Tokens</h2>
    {{#hasTokens}}
    <figure>
    <svg class="chart" width="100%" height="64" role="img" aria-label="{{historyLabel}}">
    {{#history}}
    <rect class="active" x="{{x}}" y="{{y}}" width="2.6%" height="{{height}}"/>
    {{/history}}
    <line class="line" x1="0" y1="63.5" x2="100%" y2="63.5"/>
    </svg>
    <figcaption class="ends"><span>15 min ago</span><span>{{peak}}</span><span>now</span></figcaption>
    </figure>
    <table>
    <caption>Issued by app and algorithm</caption>
    <thead><tr><th scope="col">App</th><th scope="col">Algorithm</th>
    <th scope="col" class="number"><abbr title="per second in the last minute">Per second</abbr></th>
    <th scope="col" class="number">Since start</th></tr></thead>
    <tbody>
    {{#tokens}}
    <tr><th scope="row">{{name}}</th><td>{{algorithm}}</td><td class="number">{{rate}}</td>
    <td class="number">{{total}}</td></tr>
    {{/tokens}}
    </tbody>
    </table>
    {{#moreTokens}}<p class="faint">{{.}}</p>{{/moreTokens}}
    {{/hasTokens}}
    {{^hasTokens}}
    <p class="empty">No token has been asked for since this process started.</p>
    {{/hasTokens}}
    </section>

    <section aria-labelledby="refusals">
    <h2 id="refusals">Refusals</h2>
    {{#hasRefusals}}
    <table>
    <caption>Requests that got no token, by reason</caption>
    <thead><tr><th scope="col">Reason</th><th scope="col" class="number">Last 15 min</th>
    <th scope="col" class="number">Since start</th></tr></thead>
    <tbody>
    {{#refusals}}
    <tr><th scope="row">{{reason}} <code class="faint">{{name}}</code></th><td class="number">{{recent}}</td>
    <td class="number">{{total}}</td></tr>
    {{/refusals}}
    </tbody>
    </table>
    {{/hasRefusals}}
    {{^hasRefusals}}
    <p class="empty">Nothing has been refused since this process started.</p>
    {{/hasRefusals}}
    </section>
    </div>

    """

  static let endpoints = """
    <section aria-labelledby="endpoints">
    <h2 id="endpoints">Endpoints</h2>
    <ul class="endpoints">
    <li><code>POST /session-token</code> <span>a token for a host</span></li>
    <li><code>POST /session-tokens</code> <span>up to 256 of them at once</span></li>
    {{#links}}
    <li><a href="{{path}}"><code>GET /{{path}}</code></a> <span>{{text}}</span></li>
    {{/links}}
    </ul>
    </section>

    """

  static let inspector = """
    <section aria-labelledby="inspector" class="inspector">
    <h2 id="inspector">Token inspector</h2>
    <p id="privacy" class="faint">Decoded in this browser. Nothing that you type here leaves the page.</p>
    <noscript><p class="empty">The inspector needs JavaScript; everything else on this page works without.
    On a terminal: <code>idtoken inspect</code></p></noscript>
    <label for="token">Token</label>
    <textarea id="token" rows="5" autocomplete="off" autocapitalize="off" spellcheck="false" autocorrect="off"
    aria-describedby="privacy" placeholder="eyJhbGciOi…"></textarea>
    <p id="verdict" role="status"></p>
    <div id="inspection" hidden>
    <dl id="facts" class="claims"></dl>
    <h3>Header</h3>
    <pre id="header" tabindex="0"></pre>
    <h3>Claims</h3>
    <pre id="claims" tabindex="0"></pre>
    </div>
    </section>

    """
}
#endif
