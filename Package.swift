// swift-tools-version: 6.2
// Reprise. Dependencies go in one direction: C libraries first, the command line last.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let sharedOpenBLAS = "openblas"

/// The program links Swift's libraries and OpenBLAS statically at a fixed address, which halves its
/// start-up time (docs/benchmarks.md). Set REPRISE_DYNAMIC=1 on a system without the static
/// libraries. Tests must not depend on the program's target. They would inherit these flags and
/// load Swift's runtime twice.
let standalone: [LinkerSetting] =
  Context.environment["REPRISE_DYNAMIC"] != nil
  ? [.linkedLibrary(sharedOpenBLAS)]
  : [
    .unsafeFlags(
      [
        "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
        "-l_FoundationCollections", "-Xclang-linker", "-no-pie", "-l:libopenblas.a",
      ], .when(platforms: [.linux], configuration: .release)),
    .linkedLibrary(sharedOpenBLAS, .when(configuration: .debug)),
    .linkedLibrary(sharedOpenBLAS, .when(platforms: [.macOS])),
  ]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
/// Only its module `CYaml` is used: events, not trees.
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
/// swift-crypto depends on swift-asn1, which Reprise does not use. Listing it pins its exact
/// version. The condition is a platform for which Reprise is never built.
let onlyPinned = Target.Dependency.product(
  name: "SwiftASN1", package: "swift-asn1", condition: .when(platforms: [.wasi]))

/// A system C library, found through pkg-config.
func library(_ name: String, _ pkgConfig: String?, _ debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A module with its complete list of dependencies.
func module(_ name: String, _ uses: Target.Dependency...) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: strict)
}

/// The tests of one module and their further dependencies.
func tests(_ name: String, _ uses: Target.Dependency...) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: uses + [.byName(name: name), "TestSupport"],
    swiftSettings: strict)
}

let package = Package(
  name: "reprise",
  products: [
    // Tests open it in the place of libcuda.so.1.
    .library(name: "RepriseStandIn", type: .dynamic, targets: ["CStandIn"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // With pkg-config, the linker would find the shared library before the static one.
    library("COpenBLAS", nil, "libopenblas-dev"),
    library("CFFTW", "fftw3f", "libfftw3-dev"),
    library("CSndFile", "sndfile", "libsndfile1-dev"),
    library("CSoxr", "soxr", "libsoxr-dev"),
    library("CCairo", "cairo", "libcairo2-dev"),
    .target(
      name: "CKernels", dependencies: [onlyPinned],
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),

    .target(
      name: "CDevice", exclude: ["kernels", "ptx"],
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wno-c23-extensions"])]),

    // Each build records version, commit and a digest of the sources.
    .plugin(name: "BuildStampPlugin", capability: .buildTool(), path: "Sources/BuildStampPlugin"),
    .target(
      name: "BuildStamp", exclude: ["stamp.sh"], swiftSettings: strict,
      plugins: ["BuildStampPlugin"]),

    module("Randomness"),
    module("Threads"),
    module("Fourier", "CFFTW", "CKernels"),
    module("Files", "Threads", crypto),
    module("Settings", "Files"),
    module("Queueing", "Files"),
    module("Cluster", "Files"),
    module("Tensors", "Files", "Threads", "COpenBLAS", "CKernels"),
    module("Devices", "Tensors", "Files", "CDevice"),
    module("Checkpoints", "Tensors", "Files", "Randomness", "CKernels"),
    module("YAML", "Files", yams),
    module("Experiments", "YAML", "Settings", "Files"),
    module("Corpora", "YAML", "Settings", "Files"),
    module("StandIns", "Corpora", "Files", "Randomness"),
    module(
      "Audio", "Tensors", "Settings", "Files", "Fourier", "Threads", "CSoxr", "CSndFile", "CKernels"
    ),
    module("Autograd", "Tensors", "Threads", "CKernels"),
    module("Projections", "Tensors", "Fourier", "Threads", "Randomness", "CKernels"),
    module("Statistics", "Randomness"),
    module("Evaluation", "Statistics", "Settings", "Files", "Randomness"),
    module("Augmentation", "Tensors", "Settings", "Randomness", "CKernels"),
    module("Layers", "Autograd", "Tensors", "Randomness"),
    module(
      "Models", "Devices", "Layers", "Autograd", "Checkpoints", "Tensors", "Settings", "Threads",
      "Randomness", "CKernels"),
    module(
      "Training", "Models", "Devices", "Layers", "Augmentation", "Evaluation", "Autograd", "Audio",
      "Corpora", "Tensors", "Settings", "Files", "Threads", "Randomness", "CKernels"),
    module("Audits", "Audio", "Corpora", "Tensors", "Settings", "Files", "Threads", "CKernels"),
    module("Golden", "Tensors", "Files", "Threads"),
    module(
      "Conformance", "Golden", "Training", "Models", "Devices", "Layers", "Augmentation",
      "Evaluation", "Corpora",
      "Statistics", "Projections", "Autograd", "Audio", "Checkpoints", "Tensors", "Settings",
      "Fourier", "Randomness"),
    module("Reporting", "Evaluation", "Statistics", "Settings", "Files", "Threads", "CCairo"),
    module("Samples", "Reporting", "Evaluation", "Settings", "Randomness"),
    module(
      "Runs", "Experiments", "Golden", "Evaluation", "Corpora", "Tensors", "Queueing", "Settings",
      "Files", "Threads", "BuildStamp"),
    module(
      "Judging", "Runs", "Experiments", "Evaluation", "Statistics", "Corpora", "Settings", "Files",
      "Threads", "Randomness"),
    module(
      "ReportAssembly", "Judging", "Runs", "Experiments", "Reporting", "Golden", "Evaluation",
      "Projections", "Corpora", "Tensors", "Settings", "Files", "Randomness"),
    module(
      "Surroundings", "Runs", "Conformance", "Golden", "Tensors", "Queueing", "Fourier", "CCairo",
      "CSndFile", "BuildStamp"),
    module(
      "Scoring", "Surroundings", "Runs", "Experiments", "Evaluation", "Settings", "Files",
      "BuildStamp"),
    module(
      "Backbones", "Runs", "Experiments", "Training", "Models", "Checkpoints", "Devices",
      "Settings"),
    module(
      "Cells", "Backbones", "Surroundings", "Runs", "Training", "Layers", "Evaluation", "Audio",
      "Corpora", "Tensors", "Settings", "Files", "Randomness", "BuildStamp"),
    module(
      "Prediction", "Backbones", "Runs", "Experiments", "Training", "Models", "Layers", "Audio",
      "Corpora", "Tensors", "Settings", "Files", "Threads", "Randomness"),
    module(
      "Examples", "Cells", "Runs", "Training", "Layers", "Augmentation", "Evaluation", "Corpora",
      "Tensors", "Settings", "Files"),
    module(
      "Planning", "Backbones", "Runs", "Experiments", "Training", "Models", "Layers", "Evaluation",
      "Audio", "Corpora", "Tensors", "Settings", "Files", "Randomness"),
    module(
      "Execution", "Planning", "Examples", "Cells", "Backbones", "Surroundings", "Runs",
      "Experiments", "Audits", "Training", "Evaluation", "Corpora", "Queueing", "Settings", "Files",
      "BuildStamp"),
    module(
      "Benchmarks", "Experiments", "Samples", "Reporting", "Conformance", "Golden", "Training",
      "Models", "Devices", "Layers", "Augmentation", "Evaluation", "Statistics", "Projections",
      "Autograd",
      "Audio", "StandIns", "Corpora", "Checkpoints", "Tensors", "Settings", "Files", "Threads",
      "Randomness", "CKernels"),
    .executableTarget(
      name: "reprise",
      dependencies: [
        "Benchmarks", "Scoring", "Prediction", "Execution", "Cells", "Surroundings",
        "ReportAssembly", "Judging", "Runs",
        "Experiments", "Reporting", "Conformance", "Golden", "Audits", "Training", "Models",
        "Evaluation", "Projections", "Audio", "StandIns", "Corpora", "Checkpoints", "Tensors",
        "Cluster", "Queueing", "Devices", "Settings", "Files", "Randomness", "BuildStamp",
        "CKernels", arguments,
      ],
      swiftSettings: strict, linkerSettings: standalone),

    .target(
      name: "TestSupport", dependencies: ["Autograd", "Tensors", "Randomness"],
      path: "Tests/TestSupport",
      swiftSettings: strict, linkerSettings: [.linkedLibrary(sharedOpenBLAS)]),
    .target(name: "CStandIn", dependencies: ["CDevice"], path: "Tests/CStandIn"),
    tests("BuildStamp"),
    tests("Randomness"),
    tests("Threads"),
    tests("Fourier"),
    tests("Files"),
    tests("Settings", "Files"),
    tests("Queueing", "Files"),
    tests("Cluster", "Files"),
    tests("Tensors", "Randomness", "CKernels"),
    tests("Golden", "Tensors", "Files"),
    tests("Conformance", "Devices", "Golden", "CDevice", "Randomness"),
    tests("Devices", "Tensors", "CDevice"),
    tests("Checkpoints", "Tensors", "Files", "Randomness"),
    tests("Corpora", "Settings", "Files"),
    tests("StandIns", "Audio", "Corpora", "Files"),
    tests("Audio", "Tensors", "Settings", "Files", "CSndFile"),
    tests(
      "Audits", "Audio", "StandIns", "Corpora", "Files", "Threads", "Randomness", "CSndFile",
      "CKernels"),
    tests("Autograd", "Tensors", "Randomness"),
    tests("Projections", "Tensors", "Randomness"),
    tests("Statistics", "Randomness"),
    tests("Evaluation", "Statistics", "Settings", "Files", "Randomness"),
    tests("Augmentation", "Tensors", "Settings", "Randomness"),
    tests("Layers", "Autograd", "Tensors", "Randomness"),
    tests(
      "Models", "Devices", "Layers", "Autograd", "Checkpoints", "Tensors", "Settings", "Randomness",
      "CDevice", "CKernels"),
    tests(
      "Training", "Models", "Devices", "Layers", "Augmentation", "Evaluation", "Autograd", "Audio",
      "Corpora", "Checkpoints", "CDevice", "Tensors", "Settings", "Files", "Threads", "Randomness"),
    tests("Reporting", "Samples", "Evaluation", "Statistics", "Files", "Randomness", "CCairo"),
    tests("Experiments", "YAML", "Settings", "Files"),
    tests(
      "Execution", "Planning", "Cells", "Surroundings", "ReportAssembly", "Judging", "Runs",
      "Experiments", "Reporting", "Audits", "Training", "Models", "Evaluation", "Statistics",
      "Corpora", "Tensors", "Settings", "Files", "Randomness", "BuildStamp"),
    tests(
      "Scoring", "Runs", "Experiments", "Evaluation", "Corpora", "Files"),
    tests("Benchmarks", "Files"),
    .testTarget(name: "EndToEndTests", dependencies: ["Randomness"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
