// The part of a network above frozen frames, as a device trains it: which parameters it has, and
// where they lie in the device's memory.
package import Layers
package import Settings
import Tensors

/// The sizes of a head.
package struct HeadShape: Sendable, Equatable {
  package let pooling: ModelSettings.Pooling
  /// H; 0 for a pooling without attention.
  let heads: Int
  /// The features of a frame, D.
  let width: Int
  /// The layers that lie side by side in an input frame; nil if a frame is used as it is.
  let layers: Int?
  /// The features of an embedding, E.
  let embedding: Int
  /// K.
  let classes: Int

  /// The features of an input frame.
  var columns: Int { (layers ?? 1) * width }
  /// The features of a head.
  var features: Int { heads > 0 ? width / heads : width }

  /// Reads the sizes from a network's parameters.
  ///
  /// - Throws: `DeviceHeadError.trainsMore` if it has parameters that only the CPU trains.
  package init(_ parameters: Parameters, _ settings: ModelSettings) throws(DeviceHeadError) {
    func shape(_ name: String) -> [Int]? {
      parameters.all.first { $0.name == name }?.value.shape
    }
    for parameter in parameters.all where !Self.names.contains(parameter.name) {
      throw .trainsMore(parameter: parameter.name)
    }
    guard let projection = shape("head.projection.weight"), let centers = shape("centers"),
      projection.count == 2, centers.count == 2
    else { throw .trainsMore(parameter: "head.projection.weight") }
    pooling = settings.pooling
    heads = settings.pooling == .flam ? settings.heads : 0
    (width, embedding) = (projection[0], projection[1])
    classes = centers[0]
    layers = shape(Self.layerWeights)?.first
  }

  static let layerWeights = "backbone.layer_weights"
  private static let names: Set = [
    layerWeights, "flam.attention.projection.weight", "flam.attention.projection.bias",
    "flam.attention.output.weight", "flam.attention.output.bias", "flam.query",
    "head.projection.weight", "head.projection.bias", "head.classifier.weight",
    "head.classifier.bias", "centers",
  ]
}

/// The places of all parameters in one array: those with weight decay first, the centers last.
struct HeadLayout {
  /// The number of floats.
  let count: Int
  /// The parameters before this place decay.
  let decaying: Int
  /// The place of the centers.
  let centers: Int
  /// The place of each parameter, in the order of the set.
  let places: [Int]
  private let names: [String]

  /// - Parameter hasClassifier: whether the loss depends on the classifier. A parameter without a
  ///   gradient must not decay.
  init(_ parameters: Parameters, hasClassifier: Bool) {
    names = parameters.all.map(\.name)
    var places = [Int](repeating: 0, count: parameters.all.count)
    var end = 0
    func place(where isWanted: (Parameter) -> Bool) {
      for (index, parameter) in parameters.all.enumerated() where isWanted(parameter) {
        places[index] = end
        // Rows are read four numbers at a time.
        end += (parameter.value.count + 3) / 4 * 4
      }
    }
    func decays(_ parameter: Parameter) -> Bool {
      parameter.decays && (hasClassifier || parameter.name != "head.classifier.weight")
    }
    place { decays($0) }
    decaying = end
    place { !decays($0) && $0.name != "centers" }
    centers = end
    place { $0.name == "centers" }
    (count, self.places) = (end, places)
  }

  /// The place of the parameter with this name; 0 if there is none.
  func place(_ name: String) -> Int { names.firstIndex(of: name).map { places[$0] } ?? 0 }
}

/// A network that a device cannot train.
package enum DeviceHeadError: Error, Equatable, Sendable {
  case trainsMore(parameter: String)
}

extension DeviceHeadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .trainsMore(let parameter):
      """
      training.arithmetic: gpu-float32 trains only what lies above frozen frames, found the \
      trained parameter \(parameter); set training.arithmetic to float32, or train no layer of the \
      backbone
      """
    }
  }
}
