namespace Routing.Agent.Lab.Api.Protobuf;

/// <summary>What a protobuf field becomes in JSON.</summary>
internal enum ProtoType
{
    Text,

    /// <summary>base64, as JSON has them.</summary>
    Octets,
    Truth,
    Number,
    Message,

    /// <summary>map&lt;string, string&gt;.</summary>
    TextMap,

    /// <summary>map&lt;string, bytes&gt;.</summary>
    OctetsMap,
}
