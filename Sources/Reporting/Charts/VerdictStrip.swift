// One box per system: did it pass against its recorded result, and by how much did it change?
// Colour repeats the word in each box.
package import Evaluation

/// The gate's verdicts side by side.
package struct VerdictStrip: Chart {
  /// A system's verdict.
  package struct Item: Sendable, Equatable {
    package var system: String
    package var verdict: Verdict
    /// The change since the recorded result, in words.
    package var change: String

    package init(system: String, verdict: Verdict, change: String) {
      (self.system, self.verdict, self.change) = (system, verdict, change)
    }
  }

  package var label: ChartLabel
  package var items: [Item]

  package init(label: ChartLabel, items: [Item]) { (self.label, self.items) = (label, items) }

  /// Lays out the boxes in rows of equal boxes.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let gap = 5.0
    let most = max(1, Int(width / 118))
    let rows = max(1, (items.count + most - 1) / most)
    let across = max(1, (items.count + rows - 1) / rows)
    // Few boxes need not fill the width.
    let box = min((width - gap * Double(across - 1)) / Double(across), 250)
    let height = 32.0
    var marks: [Mark] = []
    for (index, item) in items.enumerated() {
      let left = Double(index % across) * (box + gap)
      let top = Double(index / across) * (height + gap)
      let right = left + box - 6
      marks += [
        .rectangle(
          Rectangle(left, top, box, height), fill: item.verdict.color.faded(0.12), stroke: nil),
        .rectangle(Rectangle(left, top, 4, height), fill: item.verdict.color, stroke: nil),
      ]
      let title = item.verdict.title
      let used = ruler.width(of: title, Style.tableBold)
      marks.append(
        ruler.line(
          title, Style.tableBold, item.verdict.color, from: left + 10, to: right,
          baseline: top + 13))
      marks.append(
        ruler.line(item.system, Style.table, from: left + 16 + used, to: right, baseline: top + 13))
      marks.append(
        ruler.line(
          item.change, Style.axis, .quiet, from: left + 10, to: right, baseline: top + 26))
    }
    return Plot(Size(width, Double(rows) * (height + gap) - gap), marks)
  }
}

extension Verdict {
  /// Dark enough to be read as text on white.
  fileprivate var color: Color {
    switch self {
    case .pass: Color(hex: 0x00694c)
    case .regressed, .tooGood: .alarm
    case .inconclusive: Color(hex: 0x8a5a00)
    case .incomparable: .quiet
    }
  }
}
