// The drawing of the modules in docs/architecture.md: layers, an order with few crossings, places,
// SVG. After Sugiyama, Tagawa & Toda 1981. It uses no random numbers and no order of a dictionary:
// the same package gives the same bytes.
import Foundation

/// The modules of the package, and which of them each one uses.
struct ModuleGraph {
  /// A box of the drawing.
  struct Module {
    let name: String
    /// Libraries from elsewhere, written below the name.
    let libraries: [String]
    /// Modules that it uses, without those that it reaches through another one.
    let uses: [String]
    /// Where its colour is in the list of areas.
    let area: Int
  }

  let areas: [String]
  let modules: [Module]

  /// - Parameters:
  ///   - uses: for each module what it uses, libraries included.
  ///   - areas: the areas in order, each with its modules.
  init(uses: [String: Set<String>], areas: [(name: String, modules: [String])]) {
    func reach(_ name: String) -> Set<String> {
      (uses[name] ?? []).reduce(into: []) { $0.formUnion(reach($1).union([$1])) }
    }
    self.areas = areas.map(\.name)
    modules = uses.keys.sorted().map { name in
      let direct = uses[name] ?? []
      let ours = direct.filter { uses[$0] != nil }
      let indirect = ours.reduce(into: Set<String>()) { $0.formUnion(reach($1)) }
      return Module(
        name: name, libraries: direct.filter { uses[$0] == nil }.sorted(),
        uses: ours.subtracting(indirect).sorted(),
        area: areas.firstIndex { $0.modules.contains(name) } ?? areas.count)
    }
  }

  /// The layer of each module, counted from the bottom. A module is above all that it uses. It
  /// moves up to the modules that use it where these are more than those that it uses.
  func levels() -> [String: Int] {
    var levels: [String: Int] = [:]
    func height(_ module: Module) -> Int {
      if let level = levels[module.name] { return level }
      let below = modules.filter { module.uses.contains($0.name) }.map(height)
      let level = (below.max() ?? -1) + 1
      levels[module.name] = level
      return level
    }
    modules.forEach { _ = height($0) }
    let order = modules.sorted { (levels[$0.name] ?? 0, $1.name) > (levels[$1.name] ?? 0, $0.name) }
    for module in order {
      let users = modules.filter { $0.uses.contains(module.name) }
      let roof = users.compactMap { levels[$0.name] }.min() ?? 0
      if users.count > module.uses.count, !users.isEmpty { levels[module.name] = roof - 1 }
    }
    return levels
  }
}

/// A box or a point where a line crosses a layer.
private struct Place {
  /// The module, or nil for a point of a line.
  let module: ModuleGraph.Module?
  var x = 0.0
  /// Neighbours in the layers above and below, by their number.
  var above: [Int] = []
  var below: [Int] = []

  var width: Double { module == nil ? 10 : ModuleDrawing.boxWidth }
}

/// The drawing of a graph.
struct ModuleDrawing {
  static let boxWidth = 104.0
  private static let (boxHeight, rowHeight, gap, margin) = (34.0, 74.0, 12.0, 16.0)
  private static let colours = [
    "#d9e2ec", "#cfe8d5", "#d3e4f7", "#fbe3c0", "#e6d8f0", "#f9d6d5", "#d6eef0", "#eceaa8",
  ]

  private let graph: ModuleGraph
  private var places: [Place] = []
  /// The places of each layer from left to right, the lowest layer first.
  private var layers: [[Int]] = []

  init(_ graph: ModuleGraph) {
    self.graph = graph
    placeInLayers()
    order()
    for round in 0..<60 { spread(downwards: round % 2 == 0) }
  }

  private mutating func placeInLayers() {
    let levels = graph.levels()
    layers = Array(repeating: [], count: (levels.values.max() ?? 0) + 1)
    var number: [String: Int] = [:]
    for module in graph.modules {
      number[module.name] = places.count
      layers[levels[module.name] ?? 0].append(places.count)
      places.append(Place(module: module))
    }
    for module in graph.modules {
      for used in module.uses {
        guard let top = number[module.name], let bottom = number[used] else { continue }
        var upper = top
        let (high, low) = (levels[module.name] ?? 0, levels[used] ?? 0)
        for level in stride(from: high - 1, to: low, by: -1) {
          layers[level].append(places.count)
          places.append(Place(module: nil))
          connect(upper, places.count - 1)
          upper = places.count - 1
        }
        connect(upper, bottom)
      }
    }
  }

  private mutating func connect(_ upper: Int, _ lower: Int) {
    places[upper].below.append(lower)
    places[lower].above.append(upper)
  }

  /// Layer by layer, each place goes to the mean rank of its neighbours; the best order stays.
  private mutating func order() {
    var best = layers
    var fewest = crossings()
    for round in 0..<80 {
      let downwards = round % 2 == 0
      for level in downwards ? Array(layers.indices.reversed()) : Array(layers.indices) {
        let rank = ranks()
        let wished = layers[level].map { place -> (Double, Int, Int) in
          let near = downwards ? places[place].above : places[place].below
          let mean = near.reduce(0.0) { $0 + Double(rank[$1]) } / Double(max(near.count, 1))
          return (near.isEmpty ? Double(rank[place]) : mean, rank[place], place)
        }
        layers[level] = wished.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
      }
      swapNeighbours()
      let count = crossings()
      if count < fewest { (fewest, best) = (count, layers) }
    }
    layers = best
  }

  /// Exchanges neighbours of a layer where that leaves fewer crossings.
  private mutating func swapNeighbours() {
    for level in layers.indices {
      for left in layers[level].indices.dropLast() {
        let before = crossings(around: level)
        layers[level].swapAt(left, left + 1)
        if crossings(around: level) >= before { layers[level].swapAt(left, left + 1) }
      }
    }
  }

  private func ranks() -> [Int] {
    var rank = Array(repeating: 0, count: places.count)
    for layer in layers { for (index, place) in layer.enumerated() { rank[place] = index } }
    return rank
  }

  private func crossings(around level: Int) -> Int {
    crossings(below: level) + (level + 1 < layers.count ? crossings(below: level + 1) : 0)
  }

  private func crossings() -> Int { layers.indices.reduce(0) { $0 + crossings(below: $1) } }

  private func crossings(below level: Int) -> Int {
    let rank = ranks()
    let ends = layers[level].enumerated().flatMap { index, place in
      places[place].below.map { (index, rank[$0]) }
    }
    var count = 0
    for (index, one) in ends.enumerated() {
      for other in ends[(index + 1)...]
      where (one.0 - other.0) * (one.1 - other.1) < 0 { count += 1 }
    }
    return count
  }

  /// Moves each layer as near as possible to the means of its neighbours, in least squares: pooled
  /// adjacent violators on the wished places minus the room that is needed on their left.
  private mutating func spread(downwards: Bool) {
    for level in downwards ? Array(layers.indices.reversed()) : Array(layers.indices) {
      let layer = layers[level]
      var room = 0.0
      var blocks: [(sum: Double, weight: Double, count: Int)] = []
      var rooms: [Double] = []
      for (index, place) in layer.enumerated() {
        if index > 0 {
          room += (places[layer[index - 1]].width + places[place].width) / 2 + Self.gap
        }
        rooms.append(room)
        let near = places[place].above + places[place].below
        let mean = near.reduce(0.0) { $0 + places[$1].x } / Double(max(near.count, 1))
        let weight = places[place].module == nil ? 4.0 : 1.0
        blocks.append(((mean - room) * weight, weight, 1))
        while let last = blocks.last, let previous = blocks.dropLast().last,
          previous.sum / previous.weight > last.sum / last.weight
        {
          blocks.removeLast(2)
          blocks.append(
            (previous.sum + last.sum, previous.weight + last.weight, previous.count + last.count))
        }
      }
      let means = blocks.flatMap { Array(repeating: $0.sum / $0.weight, count: $0.count) }
      for (index, place) in layer.enumerated() { places[place].x = means[index] + rooms[index] }
    }
  }

  /// The drawing as SVG: whole numbers, lines first.
  var svg: String {
    let left = places.map { $0.x - $0.width / 2 }.min() ?? 0
    let right = places.map { $0.x + $0.width / 2 }.max() ?? 0
    func column(_ place: Int) -> Int { Int((places[place].x - left + Self.margin).rounded()) }
    func row(_ level: Int) -> Int {
      Int(Self.margin + Double(layers.count - 1 - level) * Self.rowHeight + Self.boxHeight / 2)
    }
    let half = Int(Self.boxHeight / 2)
    var lines: [String] = []
    var boxes: [String] = []
    for (level, layer) in layers.enumerated() {
      for place in layer {
        for lower in places[place].below {
          let (top, bottom) = (
            row(level) + (places[place].module == nil ? 0 : half),
            row(level - 1) - (places[lower].module == nil ? 0 : half)
          )
          let middle = (top + bottom) / 2
          lines.append(
            "<path d=\"M\(column(place)) \(top)C\(column(place)) \(middle) \(column(lower)) "
              + "\(middle) \(column(lower)) \(bottom)\"/>")
        }
        guard let module = places[place].module else { continue }
        boxes.append(box(module, column(place), row(level)))
      }
    }
    let legendTop = row(0) + half + 24
    let width = Int(right - left + 2 * Self.margin)
    let perRow = max(1, (width - 2 * Int(Self.margin)) / 190)
    let legend = graph.areas.enumerated().map { index, area in
      let (x, y) = (Int(Self.margin) + index % perRow * 190, legendTop + index / perRow * 24)
      return "<rect x=\"\(x)\" y=\"\(y)\" width=\"14\" height=\"14\" fill=\"\(colour(index))\"/>"
        + "<text x=\"\(x + 20)\" y=\"\(y + 11)\" class=\"l\">\(area)</text>"
    }
    let height = legendTop + (graph.areas.count + perRow - 1) / perRow * 24 + 8
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="DejaVu Sans, Verdana, sans-serif">
      <title>Modules of Reprise. A line runs down from a module to one that it uses.</title>
      <style>path{fill:none;stroke:#8795a1;stroke-width:1.2}text{text-anchor:middle;font-size:11px}\
      .s{font-size:8px;fill:#52606d}.l{text-anchor:start}</style>
      <rect width="100%" height="100%" fill="#fff"/>
      \((lines + boxes + legend).joined(separator: "\n"))
      </svg>

      """
  }

  private func colour(_ area: Int) -> String { Self.colours[area % Self.colours.count] }

  private func box(_ module: ModuleGraph.Module, _ x: Int, _ y: Int) -> String {
    let (width, height) = (Int(Self.boxWidth), Int(Self.boxHeight))
    let libraries = module.libraries.joined(separator: ", ")
    return "<rect x=\"\(x - width / 2)\" y=\"\(y - height / 2)\" width=\"\(width)\" "
      + "height=\"\(height)\" rx=\"4\" fill=\"\(colour(module.area))\" stroke=\"#52606d\"/>"
      + "<text x=\"\(x)\" y=\"\(y + (libraries.isEmpty ? 4 : -1))\">\(module.name)</text>"
      + (libraries.isEmpty
        ? "" : "<text x=\"\(x)\" y=\"\(y + 12)\" class=\"s\">\(libraries)</text>")
  }
}
