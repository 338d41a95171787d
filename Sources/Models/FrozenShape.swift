// The columns of the frames that a frozen transformer returns.
import Checkpoints

/// Which states lie side by side in a frame.
struct FrozenShape {
  let configuration: TransformerConfiguration
  let states: FrozenStates

  /// The number of features of a frame.
  var columns: Int {
    switch states {
    case .last, .input: configuration.width
    case .all: (configuration.layers + 1) * configuration.width
    case .inputs(let layer): (layer + 1) * configuration.width
    case .features: configuration.convolutionChannels.last ?? 1
    }
  }

  /// The number of layers to compute.
  var layersNeeded: Int {
    switch states {
    case .last, .all: configuration.layers
    case .input(let layer), .inputs(let layer): layer
    case .features: 0
    }
  }

  /// The first column of state `index`, or nil if it is not among the requested states.
  func place(ofState index: Int) -> Int? {
    switch states {
    case .last, .input: index == layersNeeded ? 0 : nil
    case .all, .inputs: index * configuration.width
    case .features: nil
    }
  }

  /// Describes the origin of a column.
  func origin(ofColumn column: Int) -> String {
    switch states {
    case .last, .input: "state \(layersNeeded) of \(configuration.layers)"
    case .all, .inputs: "state \(column / configuration.width) of \(configuration.layers)"
    case .features: "the feature encoder"
    }
  }
}
