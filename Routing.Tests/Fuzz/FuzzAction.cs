namespace Routing.Tests.Fuzz;

/// <summary>Takes an input in.</summary>
internal delegate void FuzzAction(ReadOnlySpan<byte> input);
