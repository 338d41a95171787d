// Errors in an experiment file or in the command line options that override it.
package import Files
package import Settings
package import YAML

/// An error in the description of an experiment.
package enum ExperimentFileError: Error, Hashable, Sendable {
  case notUTF8(file: String)
  /// The text is not a YAML document that is read here.
  case document(YAMLError)
  /// An unknown key. `nearest` is the key that was probably meant, with its section if it belongs
  /// to another one.
  case unknownKey(Place, key: String, nearest: String?, known: [String])
  case wrongType(Place, key: String, expected: String, found: String)
  /// A setting that is out of range or contradicts another one.
  case setting(Place, variant: String?, SettingsError)
  case unknownCorpus(Place, name: String, nearest: String?, known: [String])
  /// Something unique occurs twice.
  case duplicate(Place, what: String, name: String)
  /// A list that must not be empty.
  case empty(Place, key: String)
  /// A fold that the corpus does not have.
  case noSuchFold(Place, fold: Int, corpus: String, folds: Int)
  /// More than an experiment may have.
  case tooMuch(Place, what: String, found: Int, most: Int)
  /// A name that cannot be part of a path.
  case badName(Place, what: String, name: String)
}

extension ExperimentFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notUTF8(let file): "\(file): is not UTF-8 text; save it as UTF-8"
    case .document(let error): error.description
    case .unknownKey(let place, let key, let nearest, let known):
      "\(place): unknown key \(shortened(key)); "
        + (nearest.map { "did you mean \($0)?" } ?? "expected one of \(list(known))")
    case .wrongType(let place, let key, let expected, let found):
      "\(place): \(key): expected \(expected), found \(found)"
    case .setting(let place, let variant, let error):
      "\(place): \(error)" + (variant.map { " (in variant \($0))" } ?? "")
    case .unknownCorpus(let place, let name, let nearest, let known):
      "\(place): unknown corpus \(shortened(name)); "
        + (nearest.map { "did you mean \($0)? " } ?? "") + "Known are \(list(known)). "
        + "Another corpus needs a manifest: \(shortened(name))=FOLDER/manifest.csv"
    case .duplicate(let place, let what, let name):
      "\(place): \(what) \(name) occurs twice; remove or rename one"
    case .empty(let place, let key):
      "\(place): \(key): expected at least one entry, found none; leave the key out for the default"
    case .noSuchFold(let place, let fold, let corpus, let folds):
      "\(place): expected folds from 1 to \(folds) for \(corpus), found \(fold)"
    case .tooMuch(let place, let what, let found, let most):
      "\(place): expected at most \(most) \(what), found \(found)"
    case .badName(let place, let what, let name) where isPlain(name):
      "\(place): \(what): expected a name of at most \(ExperimentSettings.longestName) characters, "
        + "found \"\(shortened(name))\""
    case .badName(let place, let what, let name):
      "\(place): \(what): expected a name of letters, digits, '-', '_', '+' and '.' that begins "
        + "with a letter or digit, found \"\(shortened(name))\""
    }
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
