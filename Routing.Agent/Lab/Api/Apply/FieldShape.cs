namespace Routing.Agent.Lab.Api.Apply;

/// <summary>How a value merges under server-side apply.</summary>
internal enum FieldShape
{
    /// <summary>A scalar, or something atomic: one owner.</summary>
    Whole,

    /// <summary>An object, field by field.</summary>
    Map,

    /// <summary>A list of objects told apart by keys.</summary>
    KeyedList,

    /// <summary>A list of scalars without order.</summary>
    Set,
}
