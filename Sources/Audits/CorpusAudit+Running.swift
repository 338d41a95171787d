// An audit of a whole corpus: each recording is read once.
package import Corpora
import Foundation

/// Returns the audit of a corpus: its division into roles and all its recordings.
///
/// - Parameters:
///   - roles: the division that is judged; the corpus's own folds by default.
///   - allowances: kinds of findings that shall stop nothing.
///   - threads: the result does not depend on it.
/// - Throws: `AudioError`, of the first recording that cannot be read; `CorpusError.copiesDiffer`
///   where two files of one clip hold different sound, `.noUtterances` where there is nothing to
///   audit.
package func audit(
  of corpus: Corpus, roles: [FoldRoles]? = nil, allowing allowances: Set<AuditAllowance> = [],
  threads: Int = ProcessInfo.processInfo.activeProcessorCount
) throws -> CorpusAudit {
  guard !corpus.utterances.isEmpty else {
    throw CorpusError.noUtterances(corpus: corpus.definition, path: corpus.root)
  }
  // First, for nothing that is found out about one of two different sounds holds for the other.
  let copies = try compareCopies(of: corpus, threads: threads)
  return CorpusAudit(
    corpus,
    sound: try SoundAudit(of: corpus.utterances, classes: corpus.classes, threads: threads),
    copies: copies, roles: roles, allowing: allowances)
}
