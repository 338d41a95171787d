// The unit of page layout: a strip over the full text width that is never split.

/// A strip of marks. A page is a stack of slabs.
struct Slab {
  var height: Double
  /// Relative to the slab's top left.
  var marks: [Mark] = []
  /// Whether the next slab must stand on the same page.
  var keepsWithNext = false
  /// Marks that are repeated if this slab starts a page, such as a table's header.
  var continuation: Continuation?

  /// The part that is repeated at the top of the next page.
  struct Continuation {
    var height: Double
    var marks: [Mark]
  }

  /// White space, which disappears at the top of a page.
  static func space(_ height: Double) -> Slab { Slab(height: height) }
  /// Whether nothing is visible.
  var isSpace: Bool { marks.isEmpty }
}

extension Ruler {
  /// Returns a paragraph with one slab per line, so that a long one may continue on the next page.
  func paragraph(
    _ text: String, _ font: Font = Style.body, _ color: Color = .ink, indent: Double = 0
  )
    -> [Slab]
  {
    lines(of: text, font, width: sheet.width - indent).map { words in
      Slab(
        height: font.lineHeight,
        marks: [
          line(words, font, color, from: indent, to: sheet.width, baseline: font.size)
        ])
    }
  }

  /// Returns a small heading that stays with the next slab.
  func subheading(_ text: String) -> [Slab] {
    let block = block(text, Style.subheading, from: 0, to: sheet.width, top: 0)
    return [
      .space(12), Slab(height: block.height + 3, marks: block.marks, keepsWithNext: true),
    ]
  }

  /// Returns a paragraph after a bullet.
  func bullet(_ text: String) -> [Slab] {
    var slabs = paragraph(text, indent: 12)
    if !slabs.isEmpty {
      slabs[0].marks.insert(
        .text("•", at: Point(2, Style.body.size), Style.body, .quiet, turned: false), at: 0)
    }
    return slabs + [.space(2)]
  }

  /// Returns a block as slabs at the sheet's width.
  func slabs(_ block: Block, _ numbers: Numbering) -> [Slab] {
    switch block {
    case .paragraph(let text, let voice): paragraph(text, voice.font, voice.color)
    case .bullet(let text): bullet(text)
    case .subheading(let text): subheading(text)
    case .space(let height): [.space(height)]
    case .table(let table):
      subheading(numbers.prefix(of: table) + table.title)
        + together(
          table.slabs(self),
          table.remark.isEmpty ? [] : paragraph(table.remark, Style.caption, .quiet))
    case .charts(let charts): figures(charts, numbers)
    }
  }

  /// Returns a table's slabs and those of the remark below. The remark stays whole and on the page
  /// of the table's last rows.
  private func together(_ table: [Slab], _ remark: [Slab]) -> [Slab] {
    guard !remark.isEmpty else { return table }
    var slabs = table + remark
    for index in max(0, table.count - 1)..<slabs.count - 1 { slabs[index].keepsWithNext = true }
    return slabs
  }

  /// Returns charts two in a row, aligned at the top, with their captions below.
  private func figures(_ charts: [any Chart], _ numbers: Numbering) -> [Slab] {
    let across = min(2, charts.count)
    guard across > 0 else { return [] }
    let width = (sheet.width - Style.gutter * Double(across - 1)) / Double(across)
    return stride(from: 0, to: charts.count, by: across).flatMap { start in
      let row = charts[start..<min(start + across, charts.count)].map {
        $0.figure(width: width, ruler: self)
      }
      return [.space(10), self.row(row, numbers)]
    }
  }

  private func row(_ figures: [Figure], _ numbers: Numbering) -> Slab {
    var marks: [Mark] = []
    var left = 0.0
    var height = 0.0
    // A page has room for a heading, the figure and its caption. A taller figure is made smaller.
    let room = sheet.bottom - sheet.top - 120
    let factor = min(1, room / (figures.map(\.size.height).max() ?? room))
    let tallest = (figures.map(\.size.height).max() ?? 0) * factor
    for figure in figures {
      let indent = left + (1 - factor) * figure.size.width / 2
      marks += figure.marks.map { (factor < 1 ? $0.scaled(factor) : $0).moved(indent, 0) }
      let caption = block(
        numbers.prefix(of: figure.label) + figure.caption, Style.caption, .quiet, from: left,
        to: left + figure.size.width, top: tallest + 4)
      marks += caption.marks
      height = max(height, tallest + 4 + caption.height)
      left += figure.size.width + Style.gutter
    }
    return Slab(height: height + 8, marks: marks)
  }
}
