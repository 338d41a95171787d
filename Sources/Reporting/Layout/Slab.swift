// The unit of page making: a strip over the full text width that is never cut.

/// A strip of marks. Pages are slabs stacked from the top.
struct Slab {
  var height: Double
  /// Relative to the slab's top left.
  var marks: [Mark] = []
  /// Whether the next slab must stand on the same page.
  var keepsWithNext = false
  /// Marks and height repeated above this slab where it opens a page: a table's head.
  var continuation: Continuation?

  /// What stands again on top of the next page.
  struct Continuation {
    var height: Double
    var marks: [Mark]
  }

  /// White space; vanishes at the top of a page.
  static func space(_ height: Double) -> Slab { Slab(height: height) }
  /// Whether there is nothing to see.
  var isSpace: Bool { marks.isEmpty }
}

/// A part of the report with an entry in outline and contents.
struct Section {
  var title: String
  /// 0 for a part, 1 for what belongs to the part before.
  var level: Int
  var warnings: Warnings
  var slabs: [Slab]
  /// The figures in it, to be written as files.
  var figures: [Figure] = []
}

extension Ruler {
  /// Returns a paragraph, a slab per line, so that long ones may go over to the next page.
  func paragraph(
    _ text: String, _ font: Font = Style.body, _ color: Color = .ink, indent: Double = 0
  )
    -> [Slab]
  {
    lines(of: text, font, width: Style.width - indent).map { words in
      Slab(
        height: font.lineHeight,
        marks: [
          line(words, font, color, from: indent, to: Style.width, baseline: font.size)
        ])
    }
  }

  /// Returns a small heading that stays with what follows.
  func subheading(_ text: String) -> [Slab] {
    let block = block(text, Style.subheading, from: 0, to: Style.width, top: 0)
    return [
      .space(12), Slab(height: block.height + 3, marks: block.marks, keepsWithNext: true),
    ]
  }

  /// Returns figures side by side, level at their feet, with their captions below.
  func figures(_ figures: [Figure]) -> Slab {
    var marks: [Mark] = []
    var left = 0.0
    var height = 0.0
    let tallest = figures.map(\.size.height).max() ?? 0
    for figure in figures {
      marks += figure.marks.map { $0.moved(left, tallest - figure.size.height) }
      let caption = block(
        figure.caption, Style.caption, .quiet, from: left, to: left + figure.size.width,
        top: tallest + 4)
      marks += caption.marks
      height = max(height, tallest + 4 + caption.height)
      left += figure.size.width + Style.gutter
    }
    return Slab(height: height + 12, marks: marks)
  }
}
