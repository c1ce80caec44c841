namespace Routing.Agent.Topology;

/// <summary>Colours of sessions, the same in every drawing.</summary>
internal static class SessionColors
{
    public static string Of(string state) => state switch
    {
        "Established" => "green",
        TopologySession.Unknown => "gray",
        _ => "red",
    };
}
