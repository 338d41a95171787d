// Draws pages with their structure. Cairo opens and closes an element of a tagged PDF around marks;
// an element without children holds marks of one page.

/// The elements that are open while a document is drawn, and what readers hear for its figures.
struct StructureWriter {
  private let canvas: CairoCanvas
  private var open: [StructureElement] = []
  /// The alternate texts of the figures, in order.
  private(set) var alternates: [String] = []

  init(_ canvas: CairoCanvas) { self.canvas = canvas }

  /// Draws a page. Elements around a leaf stay open for the next one.
  mutating func draw(_ marks: [Mark], _ runs: [Run]) {
    var position = 0
    for run in runs where run.marks.lowerBound >= position && run.marks.upperBound <= marks.count {
      if run.marks.lowerBound > position {
        closeLeaf()
        canvas.draw(Array(marks[position..<run.marks.lowerBound]))
      }
      let content = marks[run.marks].map { run.path.last?.role == .figure ? $0 : $0.spaced }
      let link = content.first { if case .link = $0 { true } else { false } }
      enter(run.path, link)
      canvas.draw(run.path.last?.role == .link ? content.filter { $0 != link } : content)
      position = run.marks.upperBound
    }
    closeLeaf()
    canvas.draw(Array(marks[position...]))
  }

  /// Closes all elements at the end of the document.
  mutating func finish() { leave(to: 0) }

  private mutating func enter(_ path: [StructureElement], _ link: Mark?) {
    let shared = zip(open, path).prefix { $0 == $1 }.count
    leave(to: shared)
    for element in path.dropFirst(shared) {
      canvas.begin(element.role, link)
      open.append(element)
      if element.role == .figure { alternates.append(element.alternate) }
    }
  }

  private mutating func closeLeaf() {
    if let leaf = open.last, leaf.role.holdsMarks { leave(to: open.count - 1) }
  }

  private mutating func leave(to depth: Int) {
    while open.count > depth, let element = open.popLast() { canvas.end(element.role) }
  }
}

extension Mark {
  /// The same mark, a text with a space at its end: the next line does not run into it when the
  /// words are read or copied.
  fileprivate var spaced: Mark {
    guard case .text(let words, let place, let font, let color, let turned) = self else {
      return self
    }
    return .text(words + " ", at: place, font, color, turned: turned)
  }
}

extension Role {
  /// Whether marks stand in the element itself, and not only in elements inside it.
  var holdsMarks: Bool {
    switch self {
    case .document, .section, .list, .item, .table, .row, .contents, .contentsItem: false
    default: true
    }
  }
}
