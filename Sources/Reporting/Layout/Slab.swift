// The unit of page layout: a strip over the full text width that is never split.

/// A strip of marks. A page is a stack of slabs.
struct Slab {
  var height: Double
  /// Relative to the slab's top left.
  var marks: [Mark] = []
  /// The structure of the marks, in order.
  var runs: [Run] = []
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
    var slabs = lines(of: text, font, width: sheet.width - indent).map { words in
      Slab(
        height: font.lineHeight,
        marks: [
          line(words, font, color, from: indent, to: sheet.width, baseline: font.size)
        ]
      ).tagged(StructureElement(.paragraph))
    }
    // No line of a longer paragraph stands alone.
    if slabs.count > 1 {
      slabs[0].keepsWithNext = true
      slabs[slabs.count - 2].keepsWithNext = true
    }
    return slabs
  }

  /// Returns a small heading that stays with the next slab.
  func subheading(_ text: String, _ path: StructureElement...) -> [Slab] {
    let block = block(text, Style.subheading, from: 0, to: sheet.width, top: 0)
    var slab = Slab(height: block.height + 3, marks: block.marks, keepsWithNext: true).tagged()
    slab.runs[0].path = path
    return [.space(12), slab]
  }

  /// Returns a paragraph after a bullet.
  func bullet(_ text: String) -> [Slab] {
    let (list, item) = (StructureElement(.list), StructureElement(.item))
    var slabs = paragraph(text, indent: 12)
    for index in slabs.indices {
      slabs[index].runs[0].path = [list, item, StructureElement(.body)]
    }
    if !slabs.isEmpty {
      slabs[0].marks.insert(
        .text("•", at: Point(2, Style.body.size), Style.body, .quiet, turned: false), at: 0)
      slabs[0].runs =
        [Run(0..<1, list, item, StructureElement(.bullet))]
        + slabs[0].runs.map {
          $0.shifted(by: 1)
        }
    }
    return slabs + [.space(2)]
  }

  /// Returns the blocks of a section as slabs at the sheet's width.
  ///
  /// - Parameter depth: the depth of the section's heading, 1 for the document's title.
  func slabs(_ blocks: [Block], _ numbers: Numbering, depth: Int) -> [Slab] {
    var list = 0
    return blocks.enumerated().flatMap { index, block -> [Slab] in
      guard case .bullet(let text) = block else {
        list = index + 1
        return slabs(block, numbers, depth: depth).numbered(index)
      }
      // Bullets that follow one another are items of one list.
      var slabs = bullet(text).numbered(list)
      for slab in slabs.indices {
        for run in slabs[slab].runs.indices { slabs[slab].runs[run].path[1].key = [index] }
      }
      return slabs
    }
  }

  /// Returns a block as slabs at the sheet's width.
  private func slabs(_ block: Block, _ numbers: Numbering, depth: Int) -> [Slab] {
    switch block {
    case .paragraph(let text, let voice): paragraph(text, voice.font, voice.color)
    case .bullet(let text): bullet(text)
    case .subheading(let text): subheading(text, StructureElement(.heading(depth + 1)))
    case .space(let height): [.space(height)]
    case .table(let table):
      subheading(
        numbers.prefix(of: table) + table.title, StructureElement(.table),
        StructureElement(.caption))
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
    var runs: [Run] = []
    var left = 0.0
    var height = 0.0
    // A page has room for a heading, the figure and its caption. A taller figure is made smaller.
    let room = sheet.bottom - sheet.top - 120
    let factor = min(1, room / (figures.map(\.size.height).max() ?? room))
    let tallest = (figures.map(\.size.height).max() ?? 0) * factor
    for figure in figures {
      let indent = left + (1 - factor) * figure.size.width / 2
      let start = marks.count
      marks += figure.marks.map { (factor < 1 ? $0.scaled(factor) : $0).moved(indent, 0) }
      let title = figure.label.warnings.prefix + figure.label.title
      runs.append(
        Run(
          start..<marks.count,
          StructureElement(.figure, start, alternate: numbers.prefix(of: figure.label) + title)))
      let caption = block(
        numbers.prefix(of: figure.label) + figure.caption, Style.caption, .quiet, from: left,
        to: left + figure.size.width, top: tallest + 4)
      runs.append(
        Run(marks.count..<marks.count + caption.marks.count, StructureElement(.caption, start)))
      marks += caption.marks
      height = max(height, tallest + 4 + caption.height)
      left += figure.size.width + Style.gutter
    }
    return Slab(height: height + 8, marks: marks, runs: runs)
  }
}
