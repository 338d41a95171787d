// Maps of several systems beside each other, with one legend.

/// A t-SNE map per system.
package struct EmbeddingMaps: Chart {
  package var label: ChartLabel
  /// Each system's name, a remark to print after it, and its map.
  package var panels: [(name: String, remark: String, map: EmbeddingMap)]

  package init(
    label: ChartLabel, panels: [(name: String, remark: String, map: EmbeddingMap)]
  ) {
    (self.label, self.panels) = (label, panels)
  }

  package func plot(width: Double, ruler: Ruler) -> Plot {
    let gap = 10.0
    let across = max(1, min(panels.count, panels.count < 5 ? 2 : width < 400 ? 3 : 4))
    let panelWidth = (width - gap * Double(across - 1)) / Double(across)
    let head = 11.0
    let panelHeight = 0.86 * panelWidth + head + gap
    var marks: [Mark] = []
    for (index, panel) in panels.enumerated() {
      let (x, y) = (
        Double(index % across) * (panelWidth + gap), Double(index / across) * panelHeight
      )
      let named = ruler.width(of: panel.name + " ", Style.axisBold)
      marks.append(
        ruler.line(
          panel.name, Style.axisBold, from: x, to: x + panelWidth, baseline: y + 7))
      // A remark that does not fit is left out, because a cut number misleads.
      if named + 2 + ruler.width(of: panel.remark, Style.axis) <= panelWidth {
        marks.append(
          ruler.line(
            panel.remark, Style.axis, .quiet, from: x + named + 2, to: x + panelWidth,
            baseline: y + 7))
      }
      marks += panel.map.map(width: panelWidth).marks.map { $0.moved(x, y + head) }
    }
    let rows = (panels.count + across - 1) / across
    let bottom = Double(rows) * panelHeight
    // All maps have the same groups in the same order.
    guard let first = panels.first?.map else { return Plot(Size(width, bottom), marks) }
    let legend = MarkerLegend(
      entries: first.groups.enumerated().map { ($1, ClassStyle($0)) }
    ).laidOut(width: width, top: bottom, ruler)
    return Plot(Size(width, bottom + legend.height), marks + legend.marks)
  }
}
