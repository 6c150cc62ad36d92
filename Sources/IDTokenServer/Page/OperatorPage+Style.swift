#if Server
extension OperatorPage {
  static let style = """
    :root { --back: #fff; --raised: #f6f8fa; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --link: #0969da;
      --unknown: #cf222e; --published: #bf8700; --active: #0969da; --retired: #8c959f; --revoked: #8250df;
      --good: #1a7f37; --bad: #cf222e; color-scheme: light dark }
    @media (prefers-color-scheme: dark) {
      :root { --back: #0d1117; --raised: #151b23; --text: #f0f6fc; --faint: #9198a1; --line: #3d444d;
        --link: #4493f8; --unknown: #f85149; --published: #d29922; --active: #4493f8; --retired: #7d8590;
        --revoked: #ab7df8; --good: #3fb950; --bad: #f85149 }
    }
    * { box-sizing: border-box }
    body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; background: var(--back); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      overflow-wrap: break-word }
    h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere }
    h2 { margin: 0 0 1rem; font-size: 1.2rem; font-weight: 650 }
    h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; font-weight: 650 }
    p { margin: .5rem 0 }
    a { color: var(--link); text-underline-offset: .15em }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
    code, pre, textarea { font: .85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
    code { overflow-wrap: anywhere }
    section { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--line) }
    figure { margin: 0 }
    .skip { position: absolute; left: -100vw }
    .skip:focus { left: 1rem; top: .5rem; padding: .25rem .5rem; background: var(--back) }
    .kicker { margin: 0; color: var(--faint); font-size: .9rem }
    .faint { color: var(--faint); font-weight: 400 }
    .empty { color: var(--faint); padding: 1rem; background: var(--raised); border-radius: 6px }
    .state { display: inline-flex; align-items: center; gap: .45em; margin-right: .5em; font-weight: 650 }
    .state::before { content: ""; width: .65em; height: .65em; border-radius: 50%; background: currentColor }
    .good { color: var(--good) }
    .bad { color: var(--bad) }
    .obstacles { margin: .75rem 0; padding: .75rem 1rem .75rem 2rem; border-left: 3px solid var(--bad);
      background: var(--raised); border-radius: 0 6px 6px 0 }
    .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1px; margin: 1.5rem 0 0;
      border: 1px solid var(--line); border-radius: 8px; background: var(--line); overflow: hidden }
    .facts > div { padding: .7rem .9rem; background: var(--back) }
    .facts dt { color: var(--faint); font-size: .85rem }
    .facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums }
    table { width: 100%; margin: 1.5rem 0 .75rem; border-collapse: collapse; font-variant-numeric: tabular-nums }
    caption { padding-bottom: .35rem; text-align: left; font-weight: 650 }
    th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); text-align: left;
      vertical-align: top }
    th:last-child, td:last-child { padding-right: 0 }
    thead th { color: var(--faint); font-size: .85rem; font-weight: 400; vertical-align: bottom }
    tbody th { font-weight: 500; overflow-wrap: anywhere }
    tbody th code.faint { display: block }
    td { white-space: nowrap }
    .number { text-align: right }
    abbr { text-decoration: none }
    .timeline, .chart { display: block; overflow: visible }
    rect.unknown, i.unknown { fill: var(--unknown); background: var(--unknown) }
    rect.published, i.published { fill: var(--published); background: var(--published) }
    rect.active, i.active { fill: var(--active); background: var(--active) }
    rect.retired, i.retired { fill: var(--retired); background: var(--retired) }
    rect.revoked, i.revoked { fill: var(--revoked); background: var(--revoked) }
    .planned { opacity: .42 }
    .line { stroke: var(--line) }
    .now { stroke: var(--text); stroke-width: 1.5 }
    .label { fill: var(--text); font-size: 12px; paint-order: stroke; stroke: var(--back); stroke-width: 4px }
    .tick { fill: var(--faint); font-size: 11px }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .75rem 0 0; padding: 0; list-style: none;
      color: var(--faint); font-size: .85rem }
    .legend i { display: inline-block; width: .8em; height: .6em; margin-right: .45em; border-radius: 2px }
    .legend .nowline { width: 2px; height: .9em; background: var(--text); vertical-align: -.1em }
    .ends { display: flex; justify-content: space-between; color: var(--faint); font-size: .85rem }
    .events { margin: 0; padding: 0; list-style: none }
    .events li { display: flex; gap: 1rem; padding: .45rem 0; border-bottom: 1px solid var(--line) }
    .events li > :last-child { min-width: 0; overflow-wrap: anywhere }
    .events time { display: block; font-size: .85rem }
    .when { flex: 0 0 7.5rem; white-space: nowrap; font-weight: 600; font-variant-numeric: tabular-nums }
    .chip { display: inline-flex; align-items: center; gap: .45em }
    .chip::before { content: ""; width: .6em; height: .6em; border-radius: 2px; background: currentColor }
    .chip.published::before { background: var(--published) }
    .chip.active::before { background: var(--active) }
    .chip.retired::before { background: var(--retired) }
    .chip.revoked::before { background: var(--revoked) }
    .endpoints { margin: 0; padding: 0; list-style: none }
    .endpoints li { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .4rem 0;
      border-bottom: 1px solid var(--line) }
    .endpoints li > :first-child { flex: 0 1 21rem }
    .endpoints span { color: var(--faint) }
    label { display: block; margin: 1rem 0 .35rem; font-weight: 600 }
    textarea { display: block; width: 100%; padding: .75rem; border: 1px solid var(--faint); border-radius: 6px;
      background: var(--raised); color: var(--text); font-size: max(.85rem, 16px); resize: vertical;
      word-break: break-all }
    textarea::placeholder { color: var(--faint); opacity: 1 }
    pre { margin: 0; padding: .75rem; border-radius: 6px; background: var(--raised); white-space: pre-wrap;
      overflow-wrap: anywhere }
    .claims { margin: 0 }
    .claims > div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .4rem 0;
      border-bottom: 1px solid var(--line) }
    .claims dt { flex: 0 0 9.5rem; color: var(--faint) }
    .claims dd { flex: 1 1 14rem; margin: 0; overflow-wrap: anywhere }
    #verdict { font-weight: 600; min-height: 1.5em }
    @media (min-width: 60rem) {
      .columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 3rem }
    }
    @media (max-width: 40rem) { tbody th code { display: block } body { padding-top: 1.25rem } }
    @media (forced-colors: active) { rect, i, .chip::before, .state::before { forced-color-adjust: none } }
    @media print { .inspector { display: none } }
    """
}
#endif
