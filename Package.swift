// swift-tools-version: 6.2
// Reprise: one direction of dependency, C libraries first, the command line last (see README, "The map").
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let sharedOpenBLAS = "openblas"

/// The program carries Swift's libraries and OpenBLAS in itself, at a fixed address: it starts in half the time
/// (docs/benchmarks.md). REPRISE_DYNAMIC=1 is for a system without the static libraries. Tests must not depend
/// on the program's target: they would be linked in the same way, and have Swift's runtime twice.
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
/// Its module `CYaml` is what we use: events, not trees.
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// A C library of the system, found through pkg-config.
func library(_ name: String, _ pkgConfig: String?, _ debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A module of ours: what it may use is what it lists.
func module(_ name: String, _ uses: Target.Dependency...) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: strict)
}

/// The tests of one module, with whatever else they need.
func tests(_ name: String, _ uses: Target.Dependency...) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: uses + [.byName(name: name), "TestSupport"],
    swiftSettings: strict)
}

let package = Package(
  name: "reprise",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // pkg-config would put the shared library before the static one.
    library("COpenBLAS", nil, "libopenblas-dev"),
    library("CFFTW", "fftw3f", "libfftw3-dev"),
    library("CSndFile", "sndfile", "libsndfile1-dev"),
    library("CSoxr", "soxr", "libsoxr-dev"),
    library("CCairo", "cairo", "libcairo2-dev"),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),

    // Version, commit and digest of the sources, put in at each build.
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
    module("Tensors", "Threads", "Files", "COpenBLAS", "CKernels"),
    module("Checkpoints", "Tensors", "Files", "Randomness", "CKernels"),
    module("Corpora", "Files", "Settings"),
    module("StandIns", "Corpora", "Randomness", "Files"),
    module(
      "Audio", "CKernels", "Tensors", "Fourier", "Threads", "Settings", "Files", "CSndFile", "CSoxr"
    ),
    module("Autograd", "Tensors", "Threads", "CKernels"),
    module("Projections", "CKernels", "Fourier", "Tensors", "Threads", "Randomness"),
    module("Statistics", "Randomness"),
    module("Evaluation", "Settings", "Statistics", "Randomness", "Files"),
    module("Augmentation", "CKernels", "Tensors", "Randomness", "Settings"),
    module("Layers", "Autograd", "Tensors", "Randomness"),
    module(
      "Models", "Checkpoints", "Layers", "Autograd", "Tensors", "Threads", "CKernels", "Randomness",
      "Settings"),
    module(
      "Training", "Models", "Layers", "Autograd", "Tensors", "Threads", "CKernels", "Augmentation",
      "Audio", "Corpora", "Randomness", "Evaluation", "Settings", "Files"),
    module("Audits", "Corpora", "Audio", "CKernels", "Tensors", "Threads", "Settings", "Files"),
    module("Golden", "Tensors", "Threads", "Files"),
    module(
      "Conformance", "Golden", "Training", "Models", "Checkpoints", "Layers", "Autograd", "Tensors",
      "Augmentation", "Audio", "Fourier", "Projections", "Evaluation", "Statistics", "Randomness",
      "Settings"),
    module("Reporting", "Evaluation", "Settings", "Statistics", "Threads", "Files", "CCairo"),
    module("Samples", "Reporting", "Evaluation", "Settings", "Randomness"),
    module(
      "Experiments", "BuildStamp", "Conformance", "Golden", "Training", "Models", "Checkpoints",
      "Reporting", "Evaluation", "Statistics", "Corpora", "Audits", "Queueing",
      "Audio", "Augmentation", "Projections", "Layers", "Tensors", "Fourier", "Threads",
      "Randomness", "Settings", "Files", "CSndFile", "CCairo", yams),
    module(
      "Benchmarks", "Experiments", "Conformance", "Golden", "Training", "Models", "Checkpoints",
      "Reporting", "Samples", "Evaluation", "Statistics", "Corpora", "StandIns", "Audio",
      "Augmentation", "Projections",
      "Layers", "Autograd", "Tensors", "Threads", "CKernels", "Randomness", "Settings", "Files"),
    .executableTarget(
      name: "reprise",
      dependencies: [
        "BuildStamp", "Benchmarks", "Experiments", "Conformance", "Golden", "Training", "Reporting",
        "Evaluation",
        "Corpora",
        "StandIns", "Settings", "Files", "Queueing", "Cluster", "Audio", "Audits", "Checkpoints",
        "Models", "Projections",
        "Tensors", "Randomness",
        arguments,
      ],
      swiftSettings: strict, linkerSettings: standalone),

    .target(
      name: "TestSupport", dependencies: ["Autograd", "Tensors", "Randomness"],
      path: "Tests/TestSupport",
      swiftSettings: strict, linkerSettings: [.linkedLibrary(sharedOpenBLAS)]),
    tests("BuildStamp"),
    tests("Randomness"),
    tests("Threads"),
    tests("Fourier"),
    tests("Files"),
    tests("Settings", "Files"),
    tests("Queueing", "Files"),
    tests("Cluster", "Files"),
    tests("Tensors", "CKernels", "Randomness"),
    tests("Golden", "Tensors", "Files"),
    tests("Conformance", "Golden", "Randomness"),
    tests("Checkpoints", "Tensors", "Files", "Randomness"),
    tests("Corpora", "Files", "Settings"),
    tests("StandIns", "Corpora", "Audio", "Files"),
    tests("Audio", "CSndFile", "Files", "Tensors", "Settings"),
    tests(
      "Audits", "Corpora", "StandIns", "Audio", "Threads", "CKernels", "CSndFile", "Randomness",
      "Files"),
    tests("Autograd", "Tensors", "Randomness"),
    tests("Projections", "Tensors", "Randomness"),
    tests("Statistics", "Randomness"),
    tests("Evaluation", "Settings", "Statistics", "Files", "Randomness"),
    tests("Augmentation", "Tensors", "Randomness", "Settings"),
    tests("Layers", "Autograd", "Tensors", "Randomness"),
    tests(
      "Models", "Checkpoints", "Layers", "Autograd", "Tensors", "CKernels", "Randomness", "Settings"
    ),
    tests(
      "Training", "Checkpoints", "Files", "Models", "Layers", "Autograd", "Tensors", "Corpora",
      "Audio", "Augmentation", "Settings", "Randomness", "Evaluation", "Threads"),
    tests("Reporting", "Samples", "Evaluation", "Files", "CCairo"),
    tests(
      "Experiments", "BuildStamp", "Reporting", "Settings", "Evaluation", "Statistics", "Training",
      "Corpora",
      "Files", "Tensors", "Randomness"),
    tests("Benchmarks", "Files"),
    .testTarget(name: "EndToEndTests", dependencies: ["Randomness"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
