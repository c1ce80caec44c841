namespace Routing.Agent.Lab.Api.Protobuf;

/// <summary>A field of a message.</summary>
/// <param name="Name">In JSON.</param>
/// <param name="Type">Of one value.</param>
/// <param name="Repeated">A list of them.</param>
/// <param name="Message">The fields of a message inside, by number.</param>
internal sealed record ProtoField(
    string Name, ProtoType Type, bool Repeated = false, IReadOnlyDictionary<uint, ProtoField>? Message = null);
