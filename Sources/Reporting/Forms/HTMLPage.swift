// The report as one web page with the same sections, tables and figures. It loads nothing from
// elsewhere and has no script.
import Files
import Foundation

extension Report {
  /// Returns the page. It contains every figure twice, laid out for a page and for a column. The
  /// screen's width decides which one is shown.
  ///
  /// - Parameter svg: the drawings of all figures.
  func html(_ svg: Drawings) -> String {
    let words = content.warnings.words
    let title = (words.map { "\($0) " }.joined() + content.title).xmlEscaped
    let entries = sections.enumerated().map { index, section in
      "<li class=\"level\(section.level)\"><a href=\"#\(destinationName(index))\">"
        + (index == 0 && options.only.isEmpty ? "Summary" : section.title).xmlEscaped
        + "</a></li>"
    }
    let body = sections.enumerated().map { index, section in
      let heading = section.level == 0 ? (index == 0 ? "h1" : "h2") : "h3"
      return "<section id=\"\(destinationName(index))\">\n<\(heading)>"
        + section.title.xmlEscaped + badges(section.warnings) + "</\(heading)>\n"
        + section.blocks.map { html($0, svg) }.joined() + "</section>\n"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="Reprise">
      <meta name="date" content="\(content.createdAt.formatted(.iso8601))">
      <title>\(title)</title>
      <style>
      \(styleSheet)</style>
      </head>
      <body>
      <nav aria-label="Contents"><ol>
      \(entries.joined(separator: "\n"))
      </ol></nav>
      <main>
      \(body.joined())</main>
      <footer>Reprise · run \(content.runName.xmlEscaped) · \
      \(timestamp(content.createdAt))</footer>
      </body>
      </html>

      """
  }

  private func badges(_ warnings: Warnings) -> String {
    warnings.words.map { " <span class=\"warning\">\($0)</span>" }.joined()
  }

  private func html(_ block: Block, _ svg: Drawings) -> String {
    switch block {
    case .paragraph(let text, let voice):
      return "<p class=\"\(voice.rawValue)\">\(text.xmlEscaped)</p>\n"
    case .bullet(let text): return "<p class=\"bullet\">\(text.xmlEscaped)</p>\n"
    case .subheading(let text): return "<h4>\(text.xmlEscaped)</h4>\n"
    case .space: return ""
    case .table(let table): return html(table)
    case .charts(let charts):
      return "<div class=\"figures\(charts.count > 1 ? " many" : "")\">\n"
        + charts.map { html($0, svg, isAlone: charts.count == 1) }.joined() + "</div>\n"
    }
  }

  private func html(_ chart: any Chart, _ svg: Drawings, isAlone: Bool) -> String {
    // Figures side by side are as narrow as a column on any screen.
    let drawings = (isAlone ? FigureWidth.allCases : [.column]).map { width in
      let text = svg[width, chart.label.name].svgElement(
        namespace: "\(chart.label.name)-\(width.rawValue)-")
      return "<div class=\"\(isAlone ? width.rawValue : "both")\">\(text)</div>"
    }
    let label = chart.label
    return
      "<figure id=\"figure-\(label.name)\">\n\(drawings.joined(separator: "\n"))\n<figcaption><b>"
      + (numbers.prefix(of: label) + label.title).xmlEscaped + ".</b> "
      + (label.warnings.prefix + label.caption).xmlEscaped + "</figcaption>\n</figure>\n"
  }

  private func html(_ table: Table) -> String {
    let head = table.columns.map { column in
      "<th scope=\"col\"\(column.alignment == .trailing ? " class=\"n\"" : "")>"
        + column.title.xmlEscaped + "</th>"
    }
    let rows = table.rows.enumerated().map { index, row in
      let cells = zip(row, table.columns).map { cell, column in
        let classes =
          (column.alignment == .trailing ? ["n"] : []) + (cell.isBold ? ["b"] : [])
          + (cell.isQuiet ? ["q"] : []) + (column.wraps ? ["w"] : [])
        return "<td\(classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\"")>"
          + cell.text.xmlEscaped + "</td>"
      }
      return "<tr\(index > 0 && table.ruledRows.contains(index) ? " class=\"ruled\"" : "")>"
        + cells.joined() + "</tr>"
    }
    return """
      <div class="table" id="table-\(table.name)"><table>
      <caption><span>\
      \((numbers.prefix(of: table) + table.title).xmlEscaped)\(badges(table.warnings))\
      </span></caption>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      \(table.remark.isEmpty ? "" : "<p class=\"remark\">\(table.remark.xmlEscaped)</p>")

      """
  }

  /// The theme's colours and the page's measures.
  private var styleSheet: String {
    func css(_ color: Color) -> String {
      let shown = options.theme.shown(color)
      func byte(_ value: Double) -> String {
        let text = String(Int((value * 255).rounded()), radix: 16)
        return text.count == 1 ? "0" + text : text
      }
      return "#" + byte(shown.red) + byte(shown.green) + byte(shown.blue)
    }
    return """
      :root { --ink: \(css(.ink)); --quiet: \(css(.quiet)); --rule: \(css(.rule)); \
      --grid: \(css(.grid));
        --paper: \(css(.paper)); --accent: \(css(.accent)); --alarm: \(css(.alarm)); }
      * { box-sizing: border-box; }
      html { color-scheme: \(options.theme == .print ? "light" : "dark"); scroll-behavior: smooth; }
      body { margin: 0; background: var(--paper); color: var(--ink);
        font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; overflow-wrap: anywhere; }
      nav { padding: 1rem 1.25rem; border-bottom: 1px solid var(--rule); font-size: .85rem; }
      nav ol { list-style: none; margin: 0; padding: 0; columns: 18rem auto; }
      nav li.level0 { font-weight: bold; } nav li.level1 { padding-left: 1rem; }
      a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
      main { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
      h1 { font-size: 1.6rem; line-height: 1.25; } \
      h2 { margin-top: 3rem; border-top: 2px solid var(--ink);
        padding-top: .75rem; } h3 { margin-top: 2.2rem; color: var(--accent); } \
      h4 { margin-bottom: .3rem; }
      .quiet, .remark, figcaption, .q { color: var(--quiet); }
      .remark, figcaption { font-size: .82rem; } .strong { font-weight: bold; }
      .alarm { font-weight: bold; color: var(--alarm); }
      .bullet { margin: .25rem 0 .25rem 1.2rem; } \
      .bullet::before { content: "•"; margin-left: -1.1rem;
        position: absolute; color: var(--quiet); }
      .warning { background: var(--alarm); color: var(--paper); font-size: .7rem; font-weight: bold;
        padding: .15em .5em; vertical-align: middle; border-radius: 2px; white-space: nowrap; }
      .figures.many { display: grid; \
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
        gap: 1.25rem; }
      figure { margin: 1.5rem 0; min-width: 0; } \
      figure svg { width: 100%; height: auto; display: block; }
      figure .column { display: none; }
      .table { overflow-x: auto; margin: 1.5rem 0 .4rem; }
      table { border-collapse: collapse; font-size: .82rem; min-width: 60%; }
      caption { text-align: left; font-weight: bold; font-size: .95rem; padding-bottom: .35rem; }
      caption span { position: sticky; left: 0; display: inline-block; \
      max-width: calc(100vw - 2.5rem); }
      thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); \
      text-align: left;
        vertical-align: bottom; }
      tbody tr + tr td { border-top: 1px solid var(--grid); } \
      tbody tr.ruled td { border-top-color: var(--quiet); }
      tbody tr:last-child td { border-bottom: 1.5px solid var(--ink); }
      th, td { padding: .25rem .55rem; vertical-align: top; white-space: nowrap; }
      td.w { white-space: normal; min-width: 7rem; overflow-wrap: anywhere; }
      .n { text-align: right; font-variant-numeric: tabular-nums; } .b { font-weight: bold; }
      footer { margin: 3rem 1.25rem 1.5rem; color: var(--quiet); font-size: .8rem; \
      text-align: center; }
      @media (max-width: 640px) { body { font-size: 14px; } figure .page { display: none; }
        figure .column { display: block; } nav ol { columns: 1; } }
      @media print { nav { display: none; } }

      """
  }
}
