// The structure of a page: which marks are a heading, a cell or a figure. A PDF stores it beside
// the drawing, and screen readers and converters read it.

/// The role of a structure element (ISO 32000-1, 14.8.4).
package enum Role: String, Sendable, CaseIterable {
  case document = "Document"
  case section = "Sect"
  case title = "H1"
  case heading2 = "H2"
  case heading3 = "H3"
  case heading4 = "H4"
  case paragraph = "P"
  case caption = "Caption"
  case list = "L"
  case item = "LI"
  case bullet = "Lbl"
  case body = "LBody"
  case table = "Table"
  case row = "TR"
  case headerCell = "TH"
  case cell = "TD"
  case figure = "Figure"
  case contents = "TOC"
  case contentsItem = "TOCI"
  case link = "Link"

  /// The heading of a depth: 1 for the document's title, at most 4.
  static func heading(_ depth: Int) -> Role {
    let roles: [Role] = [.title, .heading2, .heading3, .heading4]
    return roles[max(0, min(roles.count, depth) - 1)]
  }
}

/// An element of the structure. Runs with equal elements belong to the same one.
package struct StructureElement: Sendable, Equatable {
  package var role: Role
  /// Tells elements of one parent apart.
  var key: [Int] = []
  /// What a reader hears instead of the marks; empty for none.
  package var alternate = ""

  init(_ role: Role, _ key: Int..., alternate: String = "") {
    (self.role, self.key, self.alternate) = (role, key, alternate)
  }
}

/// Marks that follow one another and belong to one element. Marks outside all runs are decoration:
/// rules, running heads, repeated table heads.
package struct Run: Sendable, Equatable {
  /// Positions in the list of marks.
  package var marks: Range<Int>
  /// The element and those around it, the outermost first.
  package var path: [StructureElement]

  init(_ marks: Range<Int>, _ path: StructureElement...) { (self.marks, self.path) = (marks, path) }

  /// Returns the same run after `count` more marks.
  func shifted(by count: Int) -> Run {
    var run = self
    run.marks = marks.lowerBound + count..<marks.upperBound + count
    return run
  }
}

extension Slab {
  /// Returns the slab with all its marks in one element.
  func tagged(_ path: StructureElement...) -> Slab {
    var slab = self
    slab.runs = [Run(0..<marks.count)]
    slab.runs[0].path = path
    return slab
  }
}

extension [Slab] {
  /// Returns the slabs as the parts of one block of a section: elements of other blocks differ.
  func numbered(_ block: Int) -> [Slab] {
    map { slab in
      var slab = slab
      for index in slab.runs.indices where !slab.runs[index].path.isEmpty {
        slab.runs[index].path[0].key.insert(block, at: 0)
      }
      return slab
    }
  }

  /// Returns the slabs with these elements around all of theirs.
  func within(_ path: [StructureElement]) -> [Slab] {
    map { slab in
      var slab = slab
      for index in slab.runs.indices { slab.runs[index].path = path + slab.runs[index].path }
      return slab
    }
  }
}
