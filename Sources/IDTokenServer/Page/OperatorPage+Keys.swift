#if Server
extension OperatorPage {
  static let keys = """
    <section aria-labelledby="keys">
    <h2 id="keys">Keys</h2>
    <figure>
    <svg class="timeline" width="100%" height="{{timeline.height}}" role="img" aria-labelledby="timeline-title">
    <title id="timeline-title">The keys over time; the tables below say the same in words.</title>
    {{#timeline.ticks}}
    <line class="line" x1="{{x}}" y1="18" x2="{{x}}" y2="100%"/>
    <text class="tick" x="{{x}}" y="12" text-anchor="middle">{{label}}</text>
    {{/timeline.ticks}}
    {{#timeline.rows}}
    {{#bars}}
    <rect class="{{style}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}" rx="2"/>
    {{/bars}}
    {{/timeline.rows}}
    <line class="now" x1="{{timeline.now}}" y1="18" x2="{{timeline.now}}" y2="100%"/>
    {{#timeline.rows}}
    <text class="label" x="0" y="{{labelY}}">{{label}}</text>
    {{/timeline.rows}}
    </svg>
    <figcaption>
    <ul class="legend">
    <li><i class="unknown"></i>published, not known everywhere yet</li>
    <li><i class="published"></i>stands by</li>
    <li><i class="active"></i>signs</li>
    <li><i class="retired"></i>retired, still in the JWKS</li>
    {{#hasRevoked}}
    <li><i class="revoked"></i>revoked</li>
    {{/hasRevoked}}
    <li><i class="nowline"></i>now; paler is planned</li>
    </ul>
    </figcaption>
    </figure>

    <h3>What happens next</h3>
    {{#hasEvents}}
    <ol class="events">
    {{#events}}
    <li><span class="when">{{relative}}</span>
    <span><strong>{{algorithm}}</strong> {{text}}{{#moment}}
    <time class="faint" datetime="{{iso}}">{{.}}</time>{{/moment}}</span></li>
    {{/events}}
    </ol>
    {{/hasEvents}}
    {{^hasEvents}}
    <p class="empty">Nothing is due.</p>
    {{/hasEvents}}

    <table>
    <caption>Every key of the ring</caption>
    <thead><tr><th scope="col">Key</th><th scope="col">State</th><th scope="col">For</th></tr></thead>
    <tbody>
    {{#keys}}
    <tr data-kid="{{kid}}" data-alg="{{algorithm}}" data-state="{{words}}" data-jwk="{{jwk}}"><th scope="row">{{algorithm}}
    <code>{{kid}}</code>{{#reason}}<br><span class="faint">{{.}}</span>{{/reason}}</th>
    <td><span class="chip {{state}}">{{words}}</span></td><td>{{age}}</td></tr>
    {{/keys}}
    </tbody>
    </table>
    <p class="faint">Policy: a key signs for {{policy.period}}, tokens live {{policy.lifetime}} at most, a new key is
    known everywhere after {{policy.propagation}}. This process may sign until {{signsUntil}} without hearing from
    the ring’s store again.</p>
    </section>

    """
}
#endif
