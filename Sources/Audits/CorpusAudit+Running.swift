// Audits a whole corpus and reads each recording once.
package import Corpora
import Foundation

/// Returns the audit of a corpus: its roles and all its recordings.
///
/// - Parameters:
///   - roles: the roles to judge; by default those of the corpus's own folds.
///   - hears: whether to open the recordings. If not, only the division into folds is judged.
///   - allowances: kinds of findings that do not stop anything.
///   - threads: does not change the result.
/// - Throws: `AudioError` for the first recording that cannot be read; `CorpusError.copiesDiffer`
///   if two files of one clip hold different sound; `.noUtterances` if there is nothing to audit.
package func audit(
  of corpus: Corpus, roles: [FoldRoles]? = nil, hears: Bool = true,
  allowing allowances: Set<AuditAllowance> = [],
  threads: Int = ProcessInfo.processInfo.activeProcessorCount
) throws -> CorpusAudit {
  guard !corpus.utterances.isEmpty else {
    throw CorpusError.noUtterances(corpus: corpus.definition, path: corpus.root)
  }
  guard hears else {
    return CorpusAudit(corpus, sound: .unheard, roles: roles, allowing: allowances)
  }
  // Copies first: a finding about one of two different sounds does not hold for the other.
  let copies = try compareCopies(of: corpus, threads: threads)
  return CorpusAudit(
    corpus,
    sound: try SoundAudit(of: corpus.utterances, classes: corpus.classes, threads: threads),
    copies: copies, roles: roles, allowing: allowances)
}
