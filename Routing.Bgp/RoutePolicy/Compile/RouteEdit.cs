using Routing.Bgp.Wire.Attributes;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>One compiled operation.</summary>
internal delegate void RouteEdit(AttributeEditor editor, RouteScope scope);
