// Turns sections into pages: stacks slabs until a page is full, then adds headers and footers.

/// A finished page and where its sections begin.
struct Page {
  var marks: [Mark] = []
  var runs: [Run] = []
  var title = ""
  var warnings = Warnings.none
  /// The position of the next slab.
  var cursor: Double
}

/// A section as slabs.
struct LaidSection {
  var title: String
  var warnings: Warnings
  var slabs: [Slab]
  var level: Int
  /// The elements of the structure around it.
  var path: [StructureElement] = []
  /// The depth of its heading: 1 for the document's title.
  var depth = 1
}

/// Sections on pages.
struct Pagination {
  private let sheet: Sheet
  private(set) var pages: [Page] = []
  /// The page of each section, counted from 0, in order.
  private(set) var places: [Int] = []

  /// Stacks the sections.
  init(_ sections: [LaidSection], ruler: Ruler) {
    sheet = ruler.sheet
    for (index, section) in sections.enumerated() {
      let head = [Pagination.head(section, index, ruler)].within(section.path)[0]
      var section = section
      section.slabs = section.slabs.within(section.path)
      // A part starts a page. Its sections continue on the same page if their beginning fits.
      let gap = Slab.space(24)
      if section.level == 0 || !fits([gap, head] + Pagination.opening(of: section.slabs)) {
        pages.append(Page(title: section.title, cursor: sheet.top))
      } else {
        place(gap)
      }
      place(head)
      places.append(pages.count - 1)
      mark(section.warnings)
      stack(section)
    }
  }

  private mutating func stack(_ section: LaidSection) {
    var index = 0
    while index < section.slabs.count {
      // A group stays together, also over the space inside it, unless it is taller than a page.
      var end = index + 1
      var isOpen = section.slabs[index].keepsWithNext
      while isOpen, end < section.slabs.count {
        if !section.slabs[end].isSpace { isOpen = section.slabs[end].keepsWithNext }
        end += 1
      }
      let room = sheet.bottom - sheet.top
      if section.slabs[index..<end].reduce(0, { $0 + $1.height }) > room { end = index + 1 }
      let group = Array(section.slabs[index..<end])
      index = end
      if group.count == 1, group[0].isSpace {
        if let page = pages.last, page.cursor + group[0].height < sheet.bottom { place(group[0]) }
        continue
      }
      if !fits(group) {
        pages.append(Page(title: section.title, cursor: sheet.top))
        mark(section.warnings)
        let opening = group.first { !$0.isSpace }
        if let continuation = opening?.continuation {
          place(Slab(height: continuation.height, marks: continuation.marks))
        }
      }
      for slab in group where !(slab.isSpace && pages.last?.cursor == sheet.top) { place(slab) }
    }
  }

  /// The slabs that must follow a heading: the first figure, or a few lines of a text or table.
  private static func opening(of slabs: [Slab]) -> [Slab] {
    var height = 0.0
    let end = slabs.firstIndex { slab in
      height += slab.height
      return height > 100 && !slab.keepsWithNext
    }
    return Array(slabs[...(end ?? slabs.count - 1)])
  }

  private func fits(_ slabs: [Slab]) -> Bool {
    guard let page = pages.last else { return false }
    return page.cursor + slabs.reduce(0) { $0 + $1.height } <= sheet.bottom
  }

  private mutating func place(_ slab: Slab) {
    let last = pages.count - 1
    let top = pages[last].cursor
    pages[last].runs += slab.runs.map { $0.shifted(by: pages[last].marks.count) }
    pages[last].marks += slab.marks.map { $0.moved(sheet.margin, top) }
    pages[last].cursor = top + slab.height
  }

  private mutating func mark(_ warnings: Warnings) {
    pages[pages.count - 1].warnings = pages[pages.count - 1].warnings.union(warnings)
  }

  private static func head(_ section: LaidSection, _ index: Int, _ ruler: Ruler) -> Slab {
    let font = index == 0 ? Style.title : Style.heading
    let block = ruler.block(section.title, font, .accent, from: 0, to: ruler.sheet.width, top: 0)
    return Slab(
      height: block.height + 8,
      marks: [.destination(destinationName(index), at: Point(0, 0))] + block.marks,
      runs: [Run(1..<1 + block.marks.count, StructureElement(.heading(section.depth), -1))],
      keepsWithNext: true)
  }

  /// Returns the pages with headers and footers.
  func finished(runName: String, footer: String, ruler: Ruler) -> [FinishedPage] {
    pages.enumerated().map { index, page in
      let (left, right) = (sheet.margin, sheet.page.width - sheet.margin)
      let boxes = ruler.warningBoxes(
        page.warnings, right: right, top: 30, font: Font(11, .bold))
      let headRight = boxes.left - 8
      let name = ruler.shortened(runName, Style.captionBold, to: (headRight - left) * 0.45)
      let nameEnd = left + ruler.width(of: name, Style.captionBold)
      let number = "\(index + 1) / \(pages.count)"
      let foot = sheet.page.height - 32
      let marks: [Mark] =
        [
          ruler.line(name, Style.captionBold, .quiet, from: left, to: headRight, baseline: 42),
          ruler.line(
            page.title, Style.caption, .quiet, from: nameEnd + 10, to: headRight, baseline: 42),
          .line([Point(left, 54), Point(right, 54)], Stroke(.rule, 0.5)),
          .line([Point(left, foot - 12), Point(right, foot - 12)], Stroke(.rule, 0.5)),
          ruler.line(footer, Style.caption, .quiet, from: left, to: right - 60, baseline: foot),
          ruler.line(
            number, Style.captionBold, .quiet, from: right - 60, to: right, baseline: foot,
            .trailing),
        ] + boxes.marks
      return FinishedPage(
        marks: marks + page.marks, runs: page.runs.map { $0.shifted(by: marks.count) },
        label: "\(index + 1)")
    }
  }
}

/// The link destination at the start of a section.
func destinationName(_ section: Int) -> String { "section-\(section)" }
