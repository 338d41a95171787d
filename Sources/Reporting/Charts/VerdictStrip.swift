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
    let height = 42.0
    var marks: [Mark] = []
    for (index, item) in items.enumerated() {
      let left = Double(index % across) * (box + gap)
      let top = Double(index / across) * (height + gap)
      let color = item.verdict.color
      marks += [
        .rectangle(Rectangle(left, top, box, height), fill: color.faded(0.12), stroke: nil),
        .rectangle(Rectangle(left, top, 4, height), fill: color, stroke: nil),
      ]
      func line(_ text: String, _ font: Font, _ color: Color, _ baseline: Double) -> Mark {
        ruler.line(
          text, font, color, from: left + 10, to: left + box - 4, baseline: top + baseline)
      }
      marks += [
        line(item.system, Style.tableBold, .ink, 12),
        line(item.verdict.title, Style.axisBold, color, 24),
        line(item.change, Style.axis, .quiet, 35),
      ]
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
