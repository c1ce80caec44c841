namespace Routing.Tests.KubeApi;

/// <summary>How an API server is away.</summary>
internal enum Outage
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>503.</summary>
    ServerError,

    /// <summary>It takes requests and never answers.</summary>
    Hangs,

    /// <summary>It begins to answer and never ends.</summary>
    HangsInside,

    /// <summary>As after a cable was pulled: what is open stays open and says nothing, for ever, and what is asked is not answered.</summary>
    Silent,

    /// <summary>What is asked is answered when it is over.</summary>
    Slow,

    /// <summary>Watches are taken and ended at once; lists are answered.</summary>
    EndsAtOnce,

    /// <summary>Something before it answers 200 with JSON that is no list.</summary>
    ProxyPage,

    /// <summary>Something before it, or itself at its start, knows no path: 404.</summary>
    KnowsNoPath,
}
