// The style sheet of the web page: colours for both settings of the system, and the layout.

/// The page's style sheet.
struct PageStyle {
  private let theme: Theme
  private let fills: [PageColor]
  private let strokes: [PageColor]
  private let backgrounds: [PageColor]

  /// - Parameters:
  ///   - theme: `print` follows the system's setting; `screen` is always dark.
  ///   - backgrounds: the colours of table cells.
  init(theme: Theme, figures: [PageFigure], _ backgrounds: Set<PageColor>) {
    self.theme = theme
    fills = figures.reduce(into: Set<PageColor>()) { $0.formUnion($1.fills) }.sorted()
    strokes = figures.reduce(into: Set<PageColor>()) { $0.formUnion($1.strokes) }.sorted()
    self.backgrounds = backgrounds.sorted()
  }

  var text: String {
    let dark =
      theme == .screen
      ? "" : "@media screen and (prefers-color-scheme: dark) {\n\(colors(.screen))}\n"
    return """
      :root { color-scheme: \(theme == .screen ? "dark" : "light dark"); }
      \(colors(theme))\(dark)\(Self.layout)
      """
  }

  /// Every colour of the page in a theme.
  private func colors(_ theme: Theme) -> String {
    let named: [(String, Color)] = [
      ("ink", .ink), ("quiet", .quiet), ("rule", .rule), ("grid", .grid), ("paper", .paper),
      ("tint", .tint), ("accent", .accent), ("alarm", .alarm),
    ]
    let variables = named.map { "--\($0): \(PageColor($1).css(theme));" }.joined(separator: " ")
    let rules =
      fills.map { ".f\($0.digits){fill:\($0.css(theme))}" }
      + strokes.map { ".s\($0.digits){stroke:\($0.css(theme))}" }
      + backgrounds.map { color in
        let ink = PageColor(Color(hex: color.code).readableInk)
        return ".table .c\(color.digits){background:\(color.css(theme));color:\(ink.css(theme))}"
      }
    let hidden: Theme = theme == .print ? .screen : .print
    return """
      :root { \(variables) }
      image.\(theme.rawValue) { display: inline; } image.\(hidden.rawValue) { display: none; }
      \(rules.joined(separator: "\n"))

      """
  }

  private static let layout = """
    * { box-sizing: border-box; }
    html { scroll-padding-top: 1rem; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; overflow-wrap: anywhere; }
    a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: .5rem; top: -4rem; z-index: 5; padding: .5rem 1rem;
      background: var(--accent); color: var(--paper); }
    .skip:focus { top: .5rem; }
    nav { font-size: .85rem; border-bottom: 1px solid var(--rule); background: var(--paper);
      padding: 0 1.25rem; position: sticky; top: 0; z-index: 3; }
    nav summary { cursor: pointer; font-weight: bold; padding: .6rem 0; }
    nav ol { list-style: none; margin: 0; padding: 0 0 .75rem; }
    nav li a { display: block; padding: .12rem 0; }
    nav li.level0 { font-weight: bold; margin-top: .35rem; } nav li.level1 { padding-left: 1rem; }
    nav a[aria-current] { color: var(--ink); text-decoration: underline; }
    main { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; outline: none; }
    main > section > p { max-width: 52rem; }
    h1 { font-size: 1.6rem; line-height: 1.25; }
    h2 { font-size: 1.45rem; margin-top: 3rem; border-top: 2px solid var(--ink);
      padding-top: .75rem; }
    h3 { font-size: 1.15rem; margin-top: 2.2rem; color: var(--accent); }
    h2.part, h3.part, h4.part, h5.part, h2.figure, h3.figure, h4.figure, h5.figure {
      font-size: .95rem; color: var(--ink); border: 0; padding: 0; margin: 1.6rem 0 .4rem; }
    .quiet, .remark, figcaption, .q { color: var(--quiet); }
    .remark, figcaption { font-size: .82rem; max-width: 52rem; } .strong { font-weight: bold; }
    .alarm { font-weight: bold; color: var(--alarm); }
    .bullet { margin: .25rem 0 .25rem 1.2rem; }
    .bullet::before { content: "•"; margin-left: -1.1rem; position: absolute;
      color: var(--quiet); }
    .warning { background: var(--alarm); color: var(--paper); font-size: .7rem;
      font-weight: bold; padding: .15em .5em; vertical-align: middle; border-radius: 2px;
      white-space: nowrap; }
    .figures.many { display: grid; gap: 1.25rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); }
    figure { margin: 1.5rem 0; min-width: 0; position: relative; }
    .drawing, .table { overflow-x: auto; --shade: rgb(128 128 128 / .4); background:
      linear-gradient(to right, var(--paper) 40%, transparent) left / 2rem 100% no-repeat local,
      linear-gradient(to left, var(--paper) 40%, transparent) right / 2rem 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) left / .6rem 100% no-repeat scroll,
      linear-gradient(to left, var(--shade), transparent) right / .6rem 100% no-repeat scroll; }
    .drawing { margin-bottom: .5rem; }
    .drawing svg { width: 100%; max-width: 62rem; min-width: 42rem; height: auto;
      display: block; }
    .many .drawing svg { min-width: 0; max-width: 36rem; }
    svg text { font-family: "DejaVu Sans", Verdana, sans-serif; }
    svg .bold { font-weight: bold; } svg .oblique { font-style: oblique; }
    svg path, svg rect { stroke-linejoin: round; } svg image { image-rendering: pixelated; }
    svg .note { fill: transparent; pointer-events: all; }
    svg .note.shown { stroke: var(--ink); stroke-width: 1.2; }
    .box { position: absolute; z-index: 4; max-width: min(24rem, 100%); padding: .5rem .7rem;
      background: var(--paper); border: 1px solid var(--quiet); border-radius: 4px;
      box-shadow: 0 2px 10px rgb(0 0 0 / .25); font-size: .8rem; }
    .box:not(.pinned) { pointer-events: none; }
    .box p { margin: 0; font-weight: bold; } .box ul { margin: .3rem 0 0; padding: 0;
      list-style: none; max-height: 15rem; overflow: auto; }
    .box small { color: var(--quiet); margin-left: .5em; }
    button.play { font: inherit; color: var(--accent); background: none; border: 0; padding: 0;
      cursor: pointer; text-align: left; } button.play::before { content: "▶ "; }
    button.play[aria-pressed=true]::before { content: "■ "; }
    button.play:hover { text-decoration: underline; }
    .table { margin: 1.5rem 0 .4rem; }
    .filter { margin: 1.5rem 0 -1rem; font-size: .85rem; } .filter input { font: inherit;
      width: 14rem; max-width: 60%; padding: .2rem .4rem; margin: 0 .5rem;
      background: var(--paper); color: var(--ink); border: 1px solid var(--quiet);
      border-radius: 3px; }
    table { border-collapse: collapse; font-size: .82rem; min-width: 60%; }
    th, td { padding: .25rem .55rem; vertical-align: top; white-space: nowrap; }
    caption { text-align: left; font-weight: bold; font-size: .95rem; padding-bottom: .35rem; }
    caption span { position: sticky; left: 0; display: inline-block;
      max-width: min(60rem, calc(100vw - 2.5rem)); }
    caption .warning { position: static; }
    thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink);
      text-align: left; vertical-align: bottom; white-space: normal; overflow-wrap: normal; }
    thead th.n, td.n { text-align: right; }
    thead button { all: unset; cursor: pointer; }
    thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    thead button:hover { text-decoration: underline; }
    [aria-sort=ascending] button::after { content: " ▲"; font-size: .7em; }
    [aria-sort=descending] button::after { content: " ▼"; font-size: .7em; }
    tbody th { text-align: left; font-weight: normal; } tbody th.b { font-weight: bold; }
    tbody tr + tr > * { border-top: 1px solid var(--grid); }
    tbody tr.ruled > * { border-top-color: var(--quiet); }
    .sorted tbody tr.ruled:not(.total) > * { border-top-color: var(--grid); }
    .sorted td[data-group]::before { content: attr(data-group); color: var(--quiet); }
    tbody { border-bottom: 1.5px solid var(--ink); }
    .w { white-space: normal; min-width: 7rem; overflow-wrap: anywhere; }
    .w.l { min-width: 16rem; }
    .n { font-variant-numeric: tabular-nums; } .b { font-weight: bold; }
    footer { margin: 3rem 1.25rem 1.5rem; color: var(--quiet); font-size: .8rem;
      text-align: center; }
    @media (max-width: 71.99rem) { html { scroll-padding-top: 3.5rem; }
      nav details[open] ol { max-height: 70vh; overflow: auto; } }
    @media (max-width: 40rem) { body { font-size: 14px; } }
    @media (min-width: 72rem) {
      body { display: grid; grid-template-columns: 18rem minmax(0, 1fr); align-items: start; }
      nav { grid-row: 1 / span 2; height: 100vh; overflow: auto; border-bottom: 0;
        border-right: 1px solid var(--rule); }
      nav summary { pointer-events: none; list-style: none; }
      main { width: 100%; padding: 0 2rem; } main, footer { grid-column: 2; } }
    @media print { nav, .skip, .filter, .box { display: none; } body { display: block; }
      body { font-size: 9pt; } main { max-width: none; padding: 0; }
      .drawing, .table { overflow: visible; background: none; } .drawing svg { min-width: 0; }
      table { font-size: 7pt; } .w.l { min-width: 7rem; }
      th, td { white-space: normal; overflow-wrap: normal; padding: .15rem .3rem; }
      figure, tr { break-inside: avoid; }
      h1, h2, h3, h4, h5 { break-after: avoid; } }

    """
}
